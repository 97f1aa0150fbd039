import assert from 'node:assert/strict';
import test from 'node:test';
import * as conv from '../static/js/convwire.js';

test('what the server does not say has a default', () => {
  assert.deepEqual(conv.extra({}), { contact: 0, mergedInto: 0, assignee: null });
  assert.deepEqual(conv.extra({ cliente_id: 7, unido_a: 3, asignado: { id: 2, nombre: 'Ana' } }), { contact: 7, mergedInto: 3, assignee: { id: 2, name: 'Ana' } });
  assert.deepEqual(conv.canned({ id: 1, titulo: 5, texto: null }), { id: 1, title: '', text: '', shortcut: '' });
  assert.deepEqual(conv.move(null), { id: 0, source: 0, target: 0 });
});

test('those who look at a ticket are read whatever else is said', () => {
  assert.deepEqual(conv.present([{ id: 1, nombre: 'Ana', escribiendo: true }, null].filter(Boolean)), [{ id: 1, name: 'Ana', typing: true }]);
  assert.deepEqual(conv.present('nonsense'), []);
});

test('every priority has its word', () => {
  assert.deepEqual(['urgent', 'high', 'normal', 'low', 'x'].map(conv.priorityWord), ['urgente', 'alta', 'normal', 'baja', '']);
});
