import './texts.mjs';
import assert from 'node:assert/strict';
import test from 'node:test';
import { ago, count, customerName, customerPhone, dayHeading, daysBetween, duration, exact, fileSize, hue, oneLine, pageTitle } from '../static/js/format.js';

const noon = new Date(2026, 10, 23, 12, 0, 0);
const before = (ms) => new Date(noon.getTime() - ms);
const minute = 60_000;

test('ages are told as people tell them', () => {
  for (const [age, want] of [
    [0, 'ahora'], [59_000, 'ahora'], [minute, 'hace 1 min'], [59 * minute, 'hace 59 min'], [60 * minute, 'hace 1 h'],
    [24 * 60 * minute, 'ayer'], [3 * 24 * 60 * minute, 'hace 3 d'],
  ]) assert.equal(ago(before(age), noon.getTime()), want);
});

test('a server whose clock is ahead does not send tickets from the future', () => {
  assert.equal(ago(before(-5 * minute), noon.getTime()), 'ahora');
});

test('old dates have a day, and a year when it is another one', () => {
  assert.equal(ago(new Date(2026, 2, 4), noon.getTime()), '4 mar');
  assert.match(ago(new Date(2025, 2, 4), noon.getTime()), /2025/);
});

test('no date is no text', () => {
  assert.equal(ago(null, 0), '');
  assert.equal(exact(null), '');
});

test('days are counted by the calendar, across a change of clocks too', () => {
  assert.equal(daysBetween(new Date(2026, 9, 24, 23, 59), new Date(2026, 9, 25, 0, 1)), 1);
  assert.equal(daysBetween(new Date(2026, 9, 20, 1), new Date(2026, 9, 27, 23)), 7);
  assert.equal(daysBetween(noon, before(minute)), 0);
});

test('a conversation names its days', () => {
  assert.equal(dayHeading(before(minute), noon.getTime()), 'Hoy');
  assert.equal(dayHeading(new Date(2026, 10, 22, 23, 59), noon.getTime()), 'Ayer');
  assert.match(dayHeading(new Date(2026, 10, 19), noon.getTime()), /jueves/);
});

test('sizes have a fitting unit', () => {
  assert.equal(fileSize(0), '');
  assert.equal(fileSize(-1), '');
  assert.equal(fileSize(Number.NaN), '');
  assert.equal(fileSize(48_213), '48 kB');
  assert.equal(fileSize(2_340_000), '2,3 MB');
  assert.match(fileSize(9e15), /GB$/);
});

test('names lose what could disguise them', () => {
  assert.equal(oneLine('foto\u202egpj.exe'), 'foto gpj.exe');
  assert.equal(oneLine('  a\r\n\tb\u0000  '), 'a b');
  assert.equal(oneLine('María 👩‍🔧'), 'María 👩‍🔧');
});

test('a customer is their name, else their number, else nobody we know', () => {
  const somebody = { name: '', phone: '', hidden: false, group: false };
  assert.equal(customerName({ ...somebody, name: ' Ana ', phone: '+52 1' }), 'Ana');
  assert.equal(customerName({ ...somebody, phone: '+52 1' }), '+52 1');
  assert.equal(customerName({ ...somebody, name: '\u202e' }), 'Sin nombre');
  assert.equal(customerPhone({ ...somebody, name: 'Ana', phone: '+52 1' }), '+52 1');
  assert.equal(customerPhone({ ...somebody, phone: '+52 1' }), '', 'the number is the name already');
  assert.equal(customerPhone({ ...somebody, hidden: true, phone: '99' }), 'Número oculto');
  assert.equal(customerPhone({ ...somebody, group: true, hidden: true }), 'Grupo');
});

test('a category keeps its hue', () => {
  assert.equal(hue('Pantalla'), hue('Pantalla'));
  for (const name of ['', 'Red', '🙂', 'x'.repeat(10_000)]) assert.ok(hue(name) >= 0 && hue(name) < 6);
});

test('the title counts what waits', () => {
  assert.equal(pageTitle('Mostrador', 0), 'Mostrador');
  assert.equal(pageTitle('Mostrador', 3), '(3) Mostrador');
});

test('how long something has waited is told in one unit, never rounded up', () => {
  for (const [ms, want] of [
    [-5, '0 s'], [0, '0 s'], [59_999, '59 s'], [minute, '1 min'], [59.9 * minute, '59 min'], [60 * minute, '1 h'], [47.9 * 60 * minute, '47 h'], [49 * 60 * minute, '2 d'],
  ]) assert.equal(duration(ms), want);
});

test('large numbers are grouped', () => {
  assert.equal(count(0), '0');
  assert.equal(count(1_234_567), '1.234.567');
});
