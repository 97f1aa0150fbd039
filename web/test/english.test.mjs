// What is different in a panel that speaks English.
import assert from 'node:assert/strict';
import test from 'node:test';

globalThis.document = /** @type {any} */ ({ documentElement: { lang: 'en' } });
const { exact, timeOfDay } = await import('../static/js/format.js');

test('after midnight it is zero hours, not twenty-four', () => {
  const start = new Date('2026-11-23T00:05:00Z');
  assert.equal(timeOfDay(start, 'UTC'), '00:05');
  assert.match(exact(start, 'UTC'), /23 November|November 23.*00:05/);
});
