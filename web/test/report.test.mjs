import './texts.mjs';
import assert from 'node:assert/strict';
import test from 'node:test';
import { calendarDay, share } from '../static/js/format.js';
import { report } from '../static/js/reportwire.js';

test('a report arrives', () => {
  const got = report({
    tickets: 3, antes: 5, contestados: 2, resueltos: 1, primera_respuesta_segundos: 90, horas: [0, 3], dias: [{ dia: '2026-11-27', tickets: 3 }],
    categorias: [{ categoria: 'Impresoras', tickets: 2 }, { categoria: '', tickets: 1 }],
  });
  assert.deepEqual(got, {
    tickets: 3, before: 5, answered: 2, resolved: 1, firstAnswer: 90_000, hours: [0, 3], days: [{ day: '2026-11-27', tickets: 3 }],
    categories: [{ name: 'Impresoras', tickets: 2 }, { name: '', tickets: 1 }],
  });
});

test('a report of nothing, and of nonsense, has nothing in it', () => {
  const nothing = { tickets: 0, before: 0, answered: 0, resolved: 0, firstAnswer: null, days: [], hours: [], categories: [] };
  assert.deepEqual(report({}), nothing);
  assert.deepEqual(report({ tickets: 'x', dias: 7, horas: null, categorias: {} }), nothing);
});

test('an answer at once is one', () => {
  assert.equal(report({ primera_respuesta_segundos: 0 }).firstAnswer, 0);
});

test('a day of the calendar is that day everywhere', () => {
  assert.equal(calendarDay('2026-11-01'), '1 nov');
  assert.equal(calendarDay('2026-12-31'), '31 dic');
});

test('a share is whole hundredths', () => {
  assert.equal(share(2, 3).replace(/\s/u, ' '), '67 %');
  assert.equal(share(0, 3).replace(/\s/u, ' '), '0 %');
});
