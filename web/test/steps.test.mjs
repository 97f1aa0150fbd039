import './texts.mjs';
import assert from 'node:assert/strict';
import test from 'node:test';
import { wantsPhone } from '../static/js/bridge.js';
import { bridge, pairing } from '../static/js/bridgewire.js';
import { isAnswered, onlyHere, steps } from '../static/js/steps.js';

const phases = (known) => steps({ bridge: null, tickets: 0, answered: false, ...known }).map((step) => step.phase).join(' ');
const at = (v) => bridge({ alcanzable: true, ...v });

test('the first step that is not done is the one to take now', () => {
  assert.equal(phases({}), 'done now later later later');
  assert.equal(phases({ bridge: bridge({ estado: 'sin_configurar' }) }), 'done now later later later');
  assert.equal(phases({ bridge: at({ whatsapp: 'desconectado', estado: 'vinculando' }) }), 'done done now later later');
  assert.equal(phases({ bridge: at({ whatsapp: 'conectado' }) }), 'done done done now later');
  assert.equal(phases({ bridge: at({ whatsapp: 'conectado' }), tickets: 1 }), 'done done done done now');
  assert.equal(phases({ bridge: at({ whatsapp: 'conectado' }), tickets: 1, answered: true }), 'done done done done done');
});

test('a laptop that went silent is the step to take again', () => {
  assert.equal(phases({ bridge: bridge({ alcanzable: false, ultima_senal: '2026-11-23T10:00:00Z' }) }), 'done now later later later');
});

test('a phone is wanted only where one can be linked', () => {
  for (const [state, want] of [['vinculando', true], ['passkey', true], ['sesion_cerrada', true], ['conectando', false], ['suspendido', false]]) {
    assert.equal(wantsPhone(at({ whatsapp: 'desconectado', estado: state })), want, state);
  }
  assert.equal(wantsPhone(null), false);
  assert.equal(wantsPhone(bridge({ alcanzable: false, estado: 'vinculando' })), false);
});

test('an answer shows in the notice or the status', () => {
  assert.equal(isAnswered({ status: 'pending', notice: null }), false);
  assert.equal(isAnswered({ status: 'pending', notice: { delivery: 'queued' } }), false);
  assert.equal(isAnswered({ status: 'pending', notice: { delivery: 'delivered' } }), true);
  assert.equal(isAnswered({ status: 'in_progress', notice: null }), true);
});

test('addresses that only this computer reaches are known', () => {
  assert.deepEqual(['localhost', '127.0.0.1', '[::1]', '192.168.1.10', 'mostrador.local'].map(onlyHere), [true, true, true, false, false]);
});

test('a pairing arrives whole, and its picture is a picture', () => {
  const got = pairing({ estado: 'vinculando', motivo: 'r', solucion: 's', cuenta: '', qr: 'x', qr_imagen: 'data:image/png;base64,AAAA', segundos: 17, codigo: 'ABCD-1234', passkey: null });
  assert.deepEqual(got, { state: 'pairing', reason: 'r', solution: 's', account: '', picture: 'data:image/png;base64,AAAA', seconds: 17, code: 'ABCD-1234', passkey: null });
  assert.equal(pairing({ qr_imagen: 'https://evil.example/x.png' }).picture, '');
  assert.equal(pairing({ qr_imagen: 'data:image/svg+xml,<svg>' }).picture, '');
  assert.deepEqual(pairing({ passkey: { programa: 'p', codigo: 'WXYZ', segundos: 60 } }).passkey, { program: 'p', code: 'WXYZ', seconds: 60 });
});
