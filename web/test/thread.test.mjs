import assert from 'node:assert/strict';
import test from 'node:test';
import { message as fromWire } from '../static/js/wire.js';
import { entries, pictures } from '../static/js/thread.js';

let last = 0;
const message = (kind, fields) => ({
  ...fromWire({ id: ++last, direccion: 'entrada', tipo: kind, texto: 'x', fecha: '2026-11-23T12:00:00Z' }), ...fields,
});

test('a reaction joins its message, and the last one of each person counts', () => {
  const [entry, ...rest] = entries([
    message('texto', { waId: 'A' }),
    message('reaccion', { refersTo: 'A', text: '👍', author: 'Ana' }),
    message('reaccion', { refersTo: 'A', text: '❤️', author: 'Ana' }),
    message('reaccion', { refersTo: 'A', text: '😂', author: 'Luis' }),
  ]);
  assert.deepEqual(entry.reactions, ['❤️', '😂']);
  assert.deepEqual(rest, []);
});

test('an empty reaction takes the earlier one back', () => {
  const [entry] = entries([
    message('texto', { waId: 'A' }), message('reaccion', { refersTo: 'A', text: '👍' }), message('reaccion', { refersTo: 'A', text: '' }),
  ]);
  assert.deepEqual(entry.reactions, []);
});

test('what is about a message that is not here stays visible', () => {
  const kinds = entries([message('reaccion', { refersTo: 'Z' }), message('edicion', { refersTo: 'Z' }), message('borrado', { refersTo: '' })]);
  assert.deepEqual(kinds.map((entry) => entry.message.kind), ['reaction', 'edit', 'deletion']);
});

test('an edit or deletion is shown once, by the message it changed', () => {
  const shown = entries([message('texto', { waId: 'A' }), message('edicion', { refersTo: 'A' }), message('borrado', { refersTo: 'A' })]);
  assert.equal(shown.length, 1);
});

test('an answer quotes what it answers, when that is here', () => {
  const [first, answer, stray] = entries([message('texto', { waId: 'A' }), message('texto', { refersTo: 'A' }), message('texto', { refersTo: 'Z' })]);
  assert.equal(answer.quoted, first.message);
  assert.equal(stray.quoted, null);
});

test('messages without an id quote and react to nothing', () => {
  const shown = entries([message('texto', {}), message('texto', { refersTo: '' }), message('reaccion', { refersTo: '', text: '👍' })]);
  assert.deepEqual(shown.map((entry) => [entry.quoted, entry.reactions.length]), [[null, 0], [null, 0], [null, 0]]);
});

test('a day is announced at its first message', () => {
  const on = (date) => message('texto', { at: date && new Date(date) });
  const shown = entries([on('2026-11-20T12:00:00'), on('2026-11-20T13:00:00'), on(null), on('2026-11-21T09:00:00')]);
  assert.deepEqual(shown.map((entry) => entry.newDay), [true, false, false, true]);
});

test('pictures are collected in order, without files that are not here', () => {
  const file = (url, mime) => ({ url, mime, name: '', size: 0, state: 'stored', reason: '' });
  assert.deepEqual(pictures([
    message('imagen', { files: [file('/fotos/1', ''), file(null, 'image/png')] }),
    message('documento', { files: [file('/fotos/2', 'image/jpeg'), file('/fotos/3', 'image/svg+xml'), file('/fotos/4', 'application/pdf')] }),
  ]), ['/fotos/1', '/fotos/2']);
});

test('every edit of a message by its author is told, those of others are not', () => {
  const [entry] = entries([
    message('texto', { waId: 'A', editedAt: new Date(), text: 'tres' }),
    message('edicion', { refersTo: 'A', text: 'dos', direction: 'event' }),
    message('edicion', { refersTo: 'A', text: 'tres', direction: 'event' }),
    message('edicion', { refersTo: 'A', text: 'ajena', direction: 'event', fromPhone: true }),
  ]);
  assert.deepEqual(entry.edits.map(({ text }) => text), ['dos', 'tres']);
});
