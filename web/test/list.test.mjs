import assert from 'node:assert/strict';
import test from 'node:test';
import { conditions, everything, parameters, parse, query, table } from '../static/js/filter.js';
import { chunks, searched, toggled } from '../static/js/listing.js';
import * as lists from '../static/js/listwire.js';
import { event, missed, pause } from '../static/js/live.js';
import { emptyList } from '../static/js/state.js';

const full = {
  statuses: ['pending', 'waiting'], categories: ['Café & té', 'Red'], priorities: ['urgent'], assignee: 'yo', contact: '7',
  from: '2026-11-01', until: '2026-11-30', photo: 'with', unread: true, text: 'año nuevo',
};

test('a filter and its address are the same thing twice', () => {
  assert.deepEqual(parse(query(full)), full);
  assert.equal(query(everything), '');
  assert.deepEqual(parse(''), everything);
});

test('nonsense in an address asks for nothing', () => {
  const hostile = 'estado=x&estado=toString&prioridad=__proto__&asignado=-1&cliente=1e9&desde=ayer&hasta=2026-1-1&foto=tal+vez&sin_leer=1&categoria=';
  assert.deepEqual(parse(hostile), everything);
  assert.equal(parse(`q=${'a'.repeat(500)}`).text.length, 200);
});

test('conditions are counted without the status and the text', () => {
  assert.equal(conditions(everything), 0);
  assert.equal(conditions({ ...everything, statuses: ['pending'], text: 'hola' }), 0);
  assert.equal(conditions(full), 8);
});

test('the server gets whole days, lists with commas, and categories one by one', () => {
  const params = parameters(full);
  assert.equal(params.get('estado'), 'pendiente,esperando_cliente');
  assert.equal(params.get('prioridad'), 'urgente');
  assert.deepEqual(params.getAll('categoria'), ['Café & té', 'Red']);
  assert.equal(params.get('sin_leer'), 'true');
  assert.equal(params.get('desde'), '2026-11-01T06:00:00.000Z', 'midnight in Mexico City');
  assert.equal(params.get('hasta'), '2026-12-01T06:00:00.000Z', 'the last day counts too');
  assert.equal(params.get('q'), 'año nuevo');
  assert.equal(parameters(everything).toString(), '');
  assert.deepEqual(parameters({ ...everything, from: '2026-99-99', categories: ['a,b', 'c'] }).getAll('categoria'), ['a,b', 'c']);
});

test('a table has what the filter lets through, as spreadsheets of the country read it', () => {
  const params = table(full, 'es-MX');
  assert.equal(params.get('separador'), 'coma');
  assert.equal(params.get('q'), null, 'which the table knows nothing of');
  assert.equal(params.get('zona'), 'America/Mexico_City');
  assert.deepEqual([...parameters(full)].filter(([name]) => name !== 'q'), [...params].filter(([name]) => name !== 'separador' && name !== 'zona'));
  for (const locale of ['es-AR', 'es-CO', 'es-ES', 'pt-BR']) assert.equal(table(everything, locale).get('separador'), 'punto_y_coma', locale);
  assert.equal(table(everything, 'en-US').get('separador'), 'coma');
});

test('events of the server have a kind and a version, or are nonsense', () => {
  assert.deepEqual(event('{"tipo":"nuevo","ticket":7,"version":3}'), { kind: 'opened', ticket: 7, version: 3, data: null });
  assert.deepEqual(event('{"tipo":"presencia","version":4,"datos":{"quien":"Ana"}}'), { kind: 'presencia', ticket: 0, version: 4, data: { quien: 'Ana' } });
  for (const bad of ['', '{', 'null', '[]', '{"tipo":1,"version":1}', '{"tipo":"nuevo"}', '{"tipo":"nuevo","version":"1"}']) assert.equal(event(bad), null, bad);
});

test('a gap between versions is noticed', () => {
  const at = (kind, version) => ({ kind, version, ticket: 0, data: null });
  assert.equal(missed(-1, at('hello', 40)), false);
  assert.equal(missed(40, at('ticket', 41)), false);
  assert.equal(missed(40, at('ticket', 42)), true);
  assert.equal(missed(40, at('all', 41)), true);
  assert.equal(missed(40, at('beat', 40)), false);
  assert.equal(missed(40, at('beat', 41)), true);
});

test('each attempt to reconnect waits longer, up to a limit', () => {
  assert.equal(pause(0, 0), 250);
  assert.equal(pause(0, 1), 500);
  assert.ok(pause(3, 0.5) > pause(1, 0.5));
  assert.equal(pause(1000, 1), 30_000);
});

test('a search that is made again replaces what it brings', () => {
  const tickets = (...ids) => ids.map((id) => ({ id }));
  const ids = (list) => list.tickets.map(({ id }) => id);
  let list = searched(emptyList, { tickets: tickets(3, 9, 5), next: '77', total: -1 });
  assert.deepEqual(ids(list), [3, 9, 5]);
  list = searched({ ...list, tickets: tickets(3, 9, 5, 1), next: '20' }, { tickets: tickets(8, 3, 9), next: '70', total: -1 });
  assert.deepEqual(ids(list), [8, 3, 9, 5, 1]);
  assert.equal(list.next, '20');
  list = searched(list, { tickets: tickets(8), next: '', total: -1, complete: false });
  assert.deepEqual(ids(list), [8]);
  assert.equal(list.complete, false);
});

test('picking twice is not picking', () => {
  assert.deepEqual(toggled(toggled([1], 2), 1), [2]);
});

test('chunks hold everything once', () => {
  assert.deepEqual(chunks([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
  assert.deepEqual(chunks([], 2), []);
});

test('what the server says of many tickets has defaults', () => {
  assert.deepEqual(lists.page({ tickets: [], total: 0 }), { tickets: [], next: '', total: 0, complete: true });
  assert.deepEqual(lists.page({ tickets: null, siguiente: 'abc', completo: false }), { tickets: [], next: 'abc', total: -1, complete: false });
  assert.deepEqual(lists.before({ id: 7, estado: 'x', asignado: 3 }), { id: 7, status: 'pending', priority: 'normal', category: '', assignee: 3, correction: 0 });
  assert.deepEqual(lists.view({ id: 1, nombre: 'Mía', filtro: 'q=x' }), { id: 1, name: 'Mía', query: 'q=x', shared: false });
  assert.equal(lists.priorityWord('urgent'), 'urgente');
});

test('why a search brought a ticket', () => {
  const { tickets: [ticket] } = lists.page({ tickets: [{ id: 1, hallado_en: 'mensaje', fragmento: [{ texto: 'la ' }, { texto: 'impresora', hallado: true }] }] });
  assert.deepEqual(ticket.found, { by: 'message', snippet: [{ text: 'la ', hit: false }, { text: 'impresora', hit: true }] });
});
