import './texts.mjs';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { sentence } from '../static/js/actions/guard.js';
import { Problem } from '../static/js/api.js';
import { bridge } from '../static/js/bridgewire.js';
import { known, said, useSentences } from '../static/js/said.js';
import { message } from '../static/js/wire.js';

const english = JSON.parse(readFileSync(new URL('../static/i18n/server/en.json', import.meta.url), 'utf8'));

test('what the server says in Spanish is said in the reader\'s language', (t) => {
  useSentences(english);
  t.after(() => useSentences({}));
  assert.equal(said('Ticket no encontrado'), 'Ticket not found');
  assert.equal(said('El atajo /hola (1) ya es de «$& «x»».'), 'The shortcut /hola (1) already belongs to “$& «x»”.');
  assert.equal(said('El servidor no puede guardar ahora mismo; los mensajes no se pierden. El disco está lleno: libere espacio y seguirá sin más.'),
    'The server cannot store anything right now; no message is lost. The disk is full: free some space and it goes on by itself.');
  assert.equal(said('Estado: pendiente → en proceso'), 'Status: pending → in progress');
  for (const unknown of ['', 'toString', 'Lo que nadie tradujo.', 'Ya hay vistas']) {
    assert.equal(said(unknown), unknown);
    assert.equal(known(unknown), false);
  }
});

test('reasons, problems and events are translated, and nothing that people write', (t) => {
  useSentences(english);
  t.after(() => useSentences({}));
  assert.equal(sentence(new Problem(404, { detail: 'Ticket no encontrado', codigo: 'not_found' })), 'Ticket not found');
  assert.equal(message({ direccion: 'salida', motivo: 'Lo descartó Ana.' }).reason, 'Ana discarded it.');
  assert.equal(message({ direccion: 'evento', tipo: 'otro', texto: 'Prioridad: alta → normal' }).text, 'Priority: high → normal');
  for (const one of [{ direccion: 'entrada', tipo: 'texto' }, { direccion: 'evento', tipo: 'edicion' }, { direccion: 'nota', tipo: 'texto' }]) {
    assert.equal(message({ ...one, texto: 'pendiente' }).text, 'pendiente');
  }
  assert.equal(bridge({ motivo: 'WhatsApp dejó de responder.', solucion: 'Se reconecta solo.' }).solution, 'It reconnects by itself.');
});

test('without a translation the sentence stays, or its code speaks in another language', () => {
  const problem = new Problem(409, { detail: 'Algo nuevo.', codigo: 'conflict' });
  assert.equal(sentence(problem), 'Algo nuevo.');
  problem.clear = false; // as where Spanish is not read
  assert.equal(sentence(problem), 'En este momento no se puede hacer. (Algo nuevo.)');
});
