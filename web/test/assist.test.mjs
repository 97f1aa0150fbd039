import './texts.mjs';
import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import * as assist from '../static/js/actions/assist.js';
import { drafting, idle } from '../static/js/drafting.js';
import { drafts } from '../static/js/draftingapi.js';
import * as state from '../static/js/state.js';

globalThis.sessionStorage = /** @type {any} */ ({ setItem() {}, getItem: () => null });

beforeEach(() => {
  drafting.value = idle;
  state.drafts.value = {};
  drafts.suggest = async () => 'Buenas tardes';
  drafts.summarise = async () => 'No prende.';
});

test('a suggestion fills an empty reply and says that it is one', async () => {
  await assist.suggest(4);
  assert.equal(state.drafts.value[4], 'Buenas tardes');
  assert.match(drafting.value.notice, /revísela/);
  assert.equal(drafting.value.busy, '');
});

test('a suggestion never takes the place of what a person wrote by itself', async () => {
  state.drafts.value = { 4: 'Lo mío' };
  await assist.suggest(4);
  assert.equal(state.drafts.value[4], 'Lo mío');
  assert.equal(drafting.value.suggestion, 'Buenas tardes');
  assist.decline(4);
  assert.equal(drafting.value.suggestion, '');
  assert.equal(state.drafts.value[4], 'Lo mío');
  await assist.suggest(4);
  assist.accept(4, drafting.value.suggestion);
  assert.equal(state.drafts.value[4], 'Buenas tardes');
});

test('what was written while the model thought counts as well', async () => {
  drafts.suggest = async () => {
    state.drafts.value = { 4: 'Ya escribo yo' };
    return 'Buenas tardes';
  };
  await assist.suggest(4);
  assert.equal(state.drafts.value[4], 'Ya escribo yo');
});

test('a failure is said and nothing is written', async () => {
  drafts.suggest = async () => { throw new Error('x'); };
  await assist.suggest(4);
  assert.notEqual(drafting.value.error, '');
  assert.deepEqual([drafting.value.busy, state.drafts.value], ['', {}]);
});

test('a second click while the model thinks asks nothing', async () => {
  let asked = 0;
  let answer = (/** @type {string} */ _) => {};
  drafts.summarise = () => { asked++; return new Promise((resolve) => { answer = resolve; }); };
  const first = assist.summarise(4);
  await assist.summarise(4);
  await assist.suggest(4);
  answer('No prende.');
  await first;
  assert.equal(asked, 1);
  assert.equal(drafting.value.summary, 'No prende.');
  assist.closeSummary(4);
  assert.equal(drafting.value.summary, '');
});

test('the answer about a ticket that was left behind is not shown at another', async () => {
  let answer = (/** @type {string} */ _) => {};
  drafts.summarise = () => new Promise((resolve) => { answer = resolve; });
  const first = assist.summarise(4);
  drafting.value = { ...idle, id: 5 };
  answer('No prende.');
  await first;
  assert.equal(drafting.value.summary, '');
});
