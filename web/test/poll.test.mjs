import assert from 'node:assert/strict';
import test from 'node:test';
import { repeat } from '../static/js/poll.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A page whose events can be fired. */
function page(t) {
  const listeners = {};
  globalThis.addEventListener = (event, listener) => { listeners[event] = listener; };
  t.mock.timers.enable({ apis: ['setTimeout'] });
  return listeners;
}

test('work is done at once, then after each delay', async (t) => {
  page(t);
  let runs = 0;
  repeat(async () => { runs++; }, () => 30_000);
  await settle();
  assert.equal(runs, 1);
  t.mock.timers.tick(29_999);
  await settle();
  assert.equal(runs, 1);
  t.mock.timers.tick(1);
  await settle();
  assert.equal(runs, 2);
});

test('coming back to the page does it at once and starts the wait anew', async (t) => {
  const listeners = page(t);
  let runs = 0;
  repeat(async () => { runs++; }, () => 30_000);
  await settle();
  t.mock.timers.tick(20_000);
  listeners.focus();
  await settle();
  assert.equal(runs, 2);
  t.mock.timers.tick(20_000);
  await settle();
  assert.equal(runs, 2);
});

test('slow work never runs twice at a time', async (t) => {
  const listeners = page(t);
  let runs = 0;
  let finish = () => {};
  repeat(() => new Promise((resolve) => { runs++; finish = resolve; }), () => 10);
  listeners.online();
  listeners.focus();
  await settle();
  assert.equal(runs, 1);
  finish();
  await settle();
  t.mock.timers.tick(10);
  await settle();
  assert.equal(runs, 2);
});
