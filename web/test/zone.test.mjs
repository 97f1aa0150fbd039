import './texts.mjs';
import assert from 'node:assert/strict';
import test from 'node:test';
import { ago, day, dayHeading, daysBetween, exact, timeOfDay } from '../static/js/format.js';
import { everything, parameters } from '../static/js/filter.js';
import { entries } from '../static/js/thread.js';
import { dayStart, inZone } from '../static/js/zone.js';

const at = (text) => new Date(text);
const madrid = 'Europe/Madrid';
const santiago = 'America/Santiago';

test('a time is that of the business, wherever the browser is', () => {
  const noon = at('2026-11-23T12:00:00Z');
  assert.equal(timeOfDay(noon, madrid), '13:00');
  assert.equal(timeOfDay(noon, santiago), '09:00');
  assert.equal(timeOfDay(noon, 'America/Mexico_City'), '06:00');
  assert.match(exact(noon, madrid), /lunes, 23 de noviembre de 2026.*13:00/);
  assert.equal(day(at('2026-11-23T23:30:00Z'), madrid), '24 nov 2026');
});

test('an hour is named twice when the clocks go back and never when they go forward', () => {
  // Madrid, 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC.
  assert.deepEqual(['00:30', '01:30'].map((utc) => timeOfDay(at(`2026-10-25T${utc}:00Z`), madrid)), ['02:30', '02:30']);
  // Santiago, 6 September 2026: midnight becomes 01:00 at 04:00 UTC.
  assert.deepEqual(['03:59', '04:00'].map((utc) => timeOfDay(at(`2026-09-06T${utc}:00Z`), santiago)), ['23:59', '01:00']);
});

test('days are counted by the calendar of the zone, also those of 23 and 25 hours', () => {
  // Midnight of Madrid is at 22:00 UTC in summer and at 23:00 UTC in winter.
  assert.equal(daysBetween(at('2026-10-24T21:59:00Z'), at('2026-10-24T22:01:00Z'), madrid), 1);
  assert.equal(daysBetween(at('2026-10-24T22:01:00Z'), at('2026-10-25T22:59:00Z'), madrid), 0, 'a day of 25 hours');
  assert.equal(daysBetween(at('2026-10-25T22:59:00Z'), at('2026-10-25T23:01:00Z'), madrid), 1);
  assert.equal(daysBetween(at('2026-03-28T23:01:00Z'), at('2026-03-29T21:59:00Z'), madrid), 0, 'a day of 23 hours');
  assert.equal(daysBetween(at('2026-09-05T03:59:00Z'), at('2026-09-06T04:00:00Z'), santiago), 2, 'the day after a day that begins at 01:00');
  assert.equal(daysBetween(at('2026-10-20T12:00:00Z'), at('2026-10-27T12:00:00Z'), madrid), 7);
});

test('headings follow the zone across a change of clocks', () => {
  const now = at('2026-10-26T09:00:00Z').getTime();
  assert.equal(dayHeading(at('2026-10-25T22:59:00Z'), now, madrid), 'Ayer');
  assert.equal(dayHeading(at('2026-10-25T23:00:00Z'), now, madrid), 'Hoy');
  assert.match(dayHeading(at('2026-10-24T21:59:00Z'), now, madrid), /sábado, 24 de octubre/);
  assert.equal(ago(at('2025-12-31T23:30:00Z'), at('2026-01-20T12:00:00Z').getTime(), madrid), '1 ene', 'it is this year there');
});

test('a conversation has a heading for each of the business\'s days', () => {
  const message = (id, utc) => ({ id, at: at(utc), waId: '', refersTo: '', kind: 'text', files: [] });
  const messages = [message(1, '2026-10-24T21:50:00Z'), message(2, '2026-10-24T22:10:00Z'), message(3, '2026-10-25T22:50:00Z'), message(4, '2026-10-25T23:10:00Z')];
  inZone(madrid);
  assert.deepEqual(entries(messages).map((entry) => entry.newDay), [true, true, false, true]);
  inZone('America/Mexico_City');
  assert.deepEqual(entries(messages).map((entry) => entry.newDay), [true, false, true, false]);
  inZone('');
});

test('a zone that the browser does not know is its own', () => {
  assert.equal(timeOfDay(at('2026-11-23T12:00:00Z'), 'Luna/Mar_de_la_Tranquilidad'), timeOfDay(at('2026-11-23T12:00:00Z'), ''));
});

test('a day begins where the business is, also when its clocks change', () => {
  const starts = (year, month, of, zone) => dayStart(year, month, of, zone).toISOString().slice(0, 16);
  assert.equal(starts(2026, 10, 25, madrid), '2026-10-24T22:00');
  assert.equal(starts(2026, 10, 26, madrid), '2026-10-25T23:00', 'a day of 25 hours before');
  assert.equal(starts(2026, 3, 30, madrid), '2026-03-29T22:00', 'a day of 23 hours before');
  assert.equal(starts(2026, 9, 6, santiago), '2026-09-06T04:00', 'a day that begins at 01:00');
  assert.equal(starts(2026, 4, 5, santiago), '2026-04-05T04:00', 'after an hour that came twice');
  assert.equal(starts(2026, 1, 1, 'Pacific/Kiritimati'), '2025-12-31T10:00');
  assert.equal(starts(2026, 1, 1, 'Asia/Kathmandu'), '2025-12-31T18:15');
  assert.equal(starts(2011, 12, 30, 'Pacific/Apia'), '2011-12-30T10:00', 'a day that never was there');
  assert.equal(starts(2026, 12, 32, 'UTC'), '2027-01-01T00:00');
});

test('the list is asked for whole days of the business, wherever the browser is', () => {
  inZone(madrid);
  const params = parameters({ ...everything, from: '2026-10-25', until: '2026-10-25' });
  inZone('');
  assert.equal(params.get('desde'), '2026-10-24T22:00:00.000Z');
  assert.equal(params.get('hasta'), '2026-10-25T23:00:00.000Z', 'all 25 hours');
});
