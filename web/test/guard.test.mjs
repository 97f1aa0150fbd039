import './texts.mjs';
import assert from 'node:assert/strict';
import test from 'node:test';
import { change, guard, latest, sentence } from '../static/js/actions/guard.js';
import { Problem } from '../static/js/api.js';
import * as state from '../static/js/state.js';

const failing = (problem) => () => Promise.reject(problem);

test('no answer means offline, any answer of the server means online', async () => {
  await assert.rejects(guard(failing(new Problem(0))));
  assert.equal(state.online.value, false);
  await assert.rejects(guard(failing(new Problem(503, { detail: 'WhatsApp está desconectado.' }))));
  assert.equal(state.online.value, true);
  await assert.rejects(guard(failing(new Problem(502, null))));
  assert.equal(state.online.value, false, 'a proxy answered for a server that is away');
  assert.equal(await guard(async () => 7), 7);
  assert.equal(state.online.value, true);
});

test('losing the session leads to the login', async () => {
  state.phase.value = 'ready';
  await assert.rejects(guard(failing(new Problem(401, { detail: 'Entra.' }))));
  assert.equal(state.phase.value, 'login');
});

test('the server\'s own sentence is shown, and some sentence always', () => {
  assert.equal(sentence(new Problem(422, { detail: 'Falta el mensaje.' })), 'Falta el mensaje.');
  assert.match(sentence(new Problem(0)), /no contestó/);
  assert.match(sentence(new Problem(500, '<html>')), /salió mal/);
  assert.match(sentence(new Problem(413, '<html>')), /[dD]emasiado grande/, 'a proxy before the server');
  assert.match(sentence(new TypeError('x')), /salió mal/);
});

test('what was read before a change is read again after it', async () => {
  const answers = ['old', 'new'];
  let release = () => {};
  const read = () => new Promise((resolve) => {
    const answer = answers.shift();
    if (answer === 'new') resolve(answer);
    else release = () => resolve(answer);
  });
  const result = latest(read);
  await change(async () => {});
  release();
  assert.equal(await result, 'new');
});
