// What was written outlives the page, and belongs to who wrote it.
import './texts.mjs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrives, forgetDrafts, keepDraft, leaves, lostKey, mayHaveGone, restoreDrafts } from '../static/js/actions/drafts.js';
import { device } from '../static/js/shelf.js';
import * as state from '../static/js/state.js';

const kept = new Map();
globalThis.sessionStorage = /** @type {any} */ ({ setItem: (key, value) => kept.set(key, value), getItem: (key) => kept.get(key) ?? null, removeItem: (key) => kept.delete(key) });

/** The page goes and comes again, for another person in between so that this one is read again. @param {number} person */
function comeBack(person) {
  const stored = [...kept];
  restoreDrafts(-1);
  kept.clear();
  for (const [key, value] of stored) kept.set(key, value);
  restoreDrafts(person);
}

const sent = { ticket: 7, note: false, text: 'va en camino', key: 'k1', lost: false };

test('what is on its way comes back, before what was written since, and keeps its name', () => {
  restoreDrafts(1);
  keepDraft(7, 'y algo más');
  leaves(sent);
  assert.equal(mayHaveGone(7), false, 'while the page is there to hear');
  comeBack(1);
  assert.equal(state.drafts.value[7], 'va en camino\ny algo más');
  assert.equal(mayHaveGone(7), true);
  assert.equal(lostKey(sent), 'k1');
  comeBack(1);
  assert.equal(state.drafts.value[7], 'va en camino\ny algo más', 'and not once more');
  keepDraft(7, 'otra cosa');
  assert.equal(mayHaveGone(7), false, 'the person took it out');
  arrives(sent);
  assert.equal(lostKey(sent), undefined);
});

test('another person finds nothing of it', () => {
  keepDraft(7, 'de la primera');
  leaves(sent);
  comeBack(2);
  assert.deepEqual(state.drafts.value, {});
  assert.equal(lostKey(sent), undefined);
});

test('what is kept may be nonsense, and forgotten it is gone', () => {
  kept.set('mostrador.borradores', '{"owner":3,"texts":');
  comeBack(3);
  assert.deepEqual(state.drafts.value, {});
  keepDraft(7, 'hola');
  forgetDrafts();
  assert.equal(kept.size, 0);
});

test('a browser that stores nothing gives nothing and complains of nothing', () => {
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, get() { throw new Error('SecurityError'); } });
  device.put('clave', 'valor');
  assert.equal(device.get('clave'), '');
});
