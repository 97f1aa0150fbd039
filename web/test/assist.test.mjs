import './texts.mjs';
import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import * as assist from '../static/js/actions/assist.js';
import { api } from '../static/js/api.js';
import * as state from '../static/js/state.js';

globalThis.sessionStorage = /** @type {any} */ ({ setItem() {}, getItem: () => null });

beforeEach(() => {
  state.assist.value = state.noAssist;
  state.drafts.value = {};
  api.suggest = async () => 'Buenas tardes';
  api.summarise = async () => 'No prende.';
});

test('a suggestion fills an empty reply and says that it is one', async () => {
  await assist.suggest(4);
  assert.equal(state.drafts.value[4], 'Buenas tardes');
  assert.match(state.assist.value.notice, /revísela/);
  assert.equal(state.assist.value.busy, '');
});

test('a suggestion never takes the place of what a person wrote by itself', async () => {
  state.drafts.value = { 4: 'Lo mío' };
  await assist.suggest(4);
  assert.equal(state.drafts.value[4], 'Lo mío');
  assert.equal(state.assist.value.suggestion, 'Buenas tardes');
  assist.decline(4);
  assert.equal(state.assist.value.suggestion, '');
  assert.equal(state.drafts.value[4], 'Lo mío');
  await assist.suggest(4);
  assist.accept(4, state.assist.value.suggestion);
  assert.equal(state.drafts.value[4], 'Buenas tardes');
});

test('what was written while the model thought counts as well', async () => {
  api.suggest = async () => {
    state.drafts.value = { 4: 'Ya escribo yo' };
    return 'Buenas tardes';
  };
  await assist.suggest(4);
  assert.equal(state.drafts.value[4], 'Ya escribo yo');
});

test('a failure is said and nothing is written', async () => {
  api.suggest = async () => { throw new Error('x'); };
  await assist.suggest(4);
  assert.notEqual(state.assist.value.error, '');
  assert.deepEqual([state.assist.value.busy, state.drafts.value], ['', {}]);
});

test('a second click while the model thinks asks nothing', async () => {
  let asked = 0;
  let answer = (/** @type {string} */ _) => {};
  api.summarise = () => { asked++; return new Promise((resolve) => { answer = resolve; }); };
  const first = assist.summarise(4);
  await assist.summarise(4);
  await assist.suggest(4);
  answer('No prende.');
  await first;
  assert.equal(asked, 1);
  assert.equal(state.assist.value.summary, 'No prende.');
  assist.closeSummary(4);
  assert.equal(state.assist.value.summary, '');
});

test('the answer about a ticket that was left behind is not shown at another', async () => {
  let answer = (/** @type {string} */ _) => {};
  api.summarise = () => new Promise((resolve) => { answer = resolve; });
  const first = assist.summarise(4);
  state.assist.value = { ...state.noAssist, id: 5 };
  answer('No prende.');
  await first;
  assert.equal(state.assist.value.summary, '');
});
