import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as wire from '../static/js/noticewire.js';

test('notices are read and written in the words of the server', () => {
  const said = { eventos: ['ticket.creado'], silencio_desde: '22:00', silencio_hasta: '07:00', urgentes: true, idioma: 'pt', navegadores: true, detalle: false, espera_minutos: 45 };
  const read = wire.notices({ ...said, canales: [{ id: 3, tipo: 'webhook', nombre: 'ERP', direccion: 'https://erp.example/…', eventos: ['ticket.cambiado'], de: 0, activo: false, desistio: true, ultimo_exito: null, ultimo_fallo: '2026-11-23T10:00:00Z', motivo: 'No hubo respuesta a tiempo.' }] });
  assert.deepEqual(wire.noticesBody(read), said);
  assert.deepEqual(read.channels, [{
    id: 3, kind: 'webhook', name: 'ERP', address: 'https://erp.example/…', events: ['ticket.cambiado'], user: 0, on: false, gaveUp: true,
    lastOK: null, lastError: new Date('2026-11-23T10:00:00Z'), reason: 'No hubo respuesta a tiempo.',
  }]);
});

test('what is missing has a default', () => {
  assert.deepEqual(wire.own({}), { events: [], from: '', to: '', urgent: false, push: false, key: '', channels: [] });
});
