import assert from 'node:assert/strict';
import test from 'node:test';
import { colorOf, entries, keywords, moved, usable } from '../static/js/categories.js';
import * as learning from '../static/js/learnwire.js';
import { verdict } from '../static/js/verdictwire.js';

test('a verdict arrives whole, and oddities do no harm', () => {
  assert.deepEqual(verdict({
    fuente: 'modelo', confianza: 0.8, duda: 'sin_clasificar', candidatas: [{ categoria: 'A', confianza: 0.3 }, { categoria: 'B' }, null, {}],
    prioridad_motivo: 'peligro', prioridad_palabras: ['humo', 7],
  }), { source: 'model', confidence: 0.8, doubt: 'unsure', candidates: ['A', 'B'], reason: 'danger', reasonWords: ['humo'] });
  assert.deepEqual(verdict({ fuente: 'toString', candidatas: 'x', duda: 3 }), { source: 'rules', confidence: 0, doubt: '', candidates: [], reason: '', reasonWords: [] });
});

test('categories come and go in the words of the server', () => {
  const [one] = learning.categories({ categorias: [{ id: 3, nombre: 'Drones', palabras_clave: ['dron'], ejemplos: null, color: 'azul', prioridad: 'alta', archivada: true }] });
  assert.deepEqual(one, { id: 3, name: 'Drones', description: '', keywords: ['dron'], examples: [], color: 'blue', priority: 'high', rest: false, archived: true });
  assert.deepEqual(JSON.parse(JSON.stringify(learning.fields({ color: 'blue', priority: '' }))), { color: 'azul', prioridad: '' });
  assert.deepEqual(learning.categories(null), []);
});

test('the classifier arrives whole, and wishes leave in its words', () => {
  const known = learning.classifier({
    plantilla: 'mesa', confianza_minima: 0.35, aprende: true, correcciones: 4, al_dia: true, acierto: { cada_uno: [true, false], dichos_por_personas: 1 },
    correcciones_ignoradas: { desde: null, hasta: '2026-11-23T10:00:00Z' },
  });
  assert.deepEqual([known.right, known.said, known.taught, known.ignored], [[true, false], 1, 4, { from: null, until: new Date('2026-11-23T10:00:00Z') }]);
  assert.deepEqual(learning.classifier({}).right, []);
  const wish = learning.wish({ forgetSince: new Date(0), threshold: 0 });
  assert.deepEqual(JSON.parse(JSON.stringify(wish)), { confianza_minima: 0, olvidar_desde: '1970-01-01T00:00:00.000Z' });
});

test('a category changes places with the next one in use', () => {
  const all = [1, 2, 3, 4].map((id) => ({ id, archived: id === 2, name: `C${id}`, color: id === 1 ? 'blue' : '' }));
  assert.deepEqual(moved(all, 1, 1), [3, 2, 1, 4]);
  assert.deepEqual(moved(all, 4, -1), [1, 2, 4, 3]);
  for (const [id, by] of [[1, -1], [4, 1], [2, 1], [9, 1]]) assert.deepEqual(moved(all, id, by), [1, 2, 3, 4], `${id} ${by}`);
  assert.deepEqual(usable(null), []);
  assert.deepEqual([colorOf(all, 'C1'), colorOf(all, 'C3'), colorOf(null, 'C1')], ['blue', '', '']);
});

test('text fields hold one entry a line, keywords also between commas', () => {
  assert.deepEqual(entries(' no vuela, no \n\nse cayó'), ['no vuela, no', 'se cayó']);
  assert.deepEqual(keywords('dron, hélice\n\n,gimbal'), ['dron', 'hélice', 'gimbal']);
});
