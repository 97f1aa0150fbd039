import './texts.mjs';
import assert from 'node:assert/strict';
import test from 'node:test';
import { clockIsWrong, clockState, links, pressing, retryPhase, stateTitle, troubles } from '../static/js/bridge.js';
import { bridge } from '../static/js/bridgewire.js';

const well = { alcanzable: true, whatsapp: 'conectado', estado: 'conectado', ultima_senal: '2026-11-23T10:00:00Z' };
const silence = { id: 1, tipo: 'silencio', mensaje: 'No da señales.', solucion: 'Enciéndala.', desde: '2026-11-23T09:00:00Z' };
const session = { id: 2, tipo: 'whatsapp', mensaje: 'Cerró la sesión.', solucion: 'Escanee el QR.', desde: '2026-11-23T09:30:00Z' };
const disk = { id: 3, tipo: 'problema', mensaje: 'Disco lleno.', solucion: 'Borre algo.', desde: '2026-11-23T09:40:00Z' };
const kinds = (v) => troubles(bridge(v)).map((trouble) => trouble.kind);

test('the bridge arrives whole', () => {
  const got = bridge({
    ...well, motivo: 'r', solucion: 's', problema: 'p', laptop_url: 'http://l', enlace: 'inverso', enlace_desde: '2026-11-23T09:58:00Z', enlace_motivo: 'm', cuenta: '+52 1', version: 'v1', version_whatsmeow: 'v2', diferencia_reloj: -1.5,
    en_marcha_desde: '2026-11-23T08:00:00Z', recibidos: 40, entregados: 0, cola_pendiente: 2, cola_mas_antiguo: '2026-11-23T09:59:00Z', cola_archivos: 3,
    cola_danados: 4, cola_apartados: 5, apartados: [{ clave: 'k', nombre: 'Ana', telefono: '+52 2', numero_oculto: false, contenido: 'x', motivo: 'no', recibido: '2026-11-23T09:00:00Z' }],
    respuestas_en_cola: 6, respuesta_mas_antigua: '2026-11-23T09:50:00Z', alertas: [silence],
  });
  assert.deepEqual(got, {
    reachable: true, connected: true, state: 'connected', reason: 'r', solution: 's', problem: 'p', laptop: 'http://l', link: 'reverse', linkSince: new Date('2026-11-23T09:58:00Z'), linkNote: 'm', heard: new Date('2026-11-23T10:00:00Z'),
    account: '+52 1', version: 'v1', library: 'v2', clock: -1.5, startedAt: new Date('2026-11-23T08:00:00Z'), received: 40, delivered: 0, queued: 2,
    oldest: new Date('2026-11-23T09:59:00Z'), files: 3, damaged: 4, parked: 5,
    tray: [{ key: 'k', name: 'Ana', phone: '+52 2', hidden: false, group: false, text: 'x', reason: 'no', at: new Date('2026-11-23T09:00:00Z') }],
    replies: 6, oldestReply: new Date('2026-11-23T09:50:00Z'),
    alerts: [{ id: 1, kind: 'silence', sentence: 'No da señales.', solution: 'Enciéndala.', since: new Date('2026-11-23T09:00:00Z') }],
  });
});

test('what the server does not know is unknown, and oddities do no harm', () => {
  for (const odd of [{}, { recibidos: null, alertas: null, apartados: 'x', diferencia_reloj: 'x', estado: 'toString', ultima_senal: 7 }]) {
    const got = bridge(odd);
    assert.deepEqual([got.received, got.delivered, got.clock, got.heard, got.tray, got.alerts, got.state], [null, null, null, null, [], [], '']);
  }
  assert.equal(bridge({ alertas: [{ tipo: 'novedad' }] }).alerts[0].kind, 'problem');
});

test('WhatsApp is connected only when the bridge can be reached to say so', () => {
  assert.equal(bridge({ alcanzable: true, whatsapp: 'conectado' }).connected, true);
  assert.equal(bridge({ alcanzable: false, whatsapp: 'conectado' }).connected, false);
});

test('a bridge that is well, or unknown, has no troubles', () => {
  assert.deepEqual(troubles(null), []);
  assert.deepEqual(kinds(well), []);
  assert.deepEqual(kinds({ alcanzable: true, whatsapp: 'conectado' }), [], 'the original says no more than that');
});

test('a trouble is told at once, and in the words of its alert once there is one', () => {
  const away = { ...well, whatsapp: 'desconectado', estado: 'sesion_cerrada', motivo: 'Se cerró.', solucion: 'QR.' };
  assert.deepEqual(troubles(bridge(away)), [{ kind: 'whatsapp', title: 'bridge.loggedOut', text: 'Se cerró.', solution: 'QR.', since: null, alert: false }]);
  assert.deepEqual(troubles(bridge({ ...away, alertas: [session] })), [
    { kind: 'whatsapp', title: 'bridge.loggedOut', text: 'Cerró la sesión.', solution: 'Escanee el QR.', since: new Date('2026-11-23T09:30:00Z'), alert: true },
  ]);
  assert.deepEqual(kinds({ alcanzable: false, estado: 'inalcanzable' }), ['unreachable']);
  assert.deepEqual(kinds({ ...well, estado: 'limitado' }), ['whatsapp']);
});

test('nobody is alarmed by a bridge that is just starting, unless it takes long', () => {
  const away = { ...well, whatsapp: 'desconectado', estado: 'iniciando' };
  const told = (v) => pressing(bridge(v)).map((trouble) => trouble.kind);
  assert.deepEqual(told(away), []);
  assert.deepEqual(kinds(away), ['whatsapp'], 'the page about it says so');
  assert.deepEqual(told({ ...away, estado: 'conectando', problema: 'Disco lleno.' }), ['problem']);
  assert.deepEqual(told({ ...away, alertas: [session] }), ['whatsapp']);
  assert.deepEqual(told({ ...away, estado: 'sesion_cerrada' }), ['whatsapp']);
  assert.deepEqual(pressing(null), []);
});

test('of a silent laptop nothing else is known', () => {
  assert.deepEqual(kinds({ ...well, alcanzable: false, alertas: [disk, session, silence] }), ['silence']);
});

test('a laptop that answers but does not beat shows both', () => {
  assert.deepEqual(kinds({ ...well, problema: 'Sus señales no llegan.', alertas: [silence] }), ['silence', 'problem']);
});

test('several troubles stand beside each other, a full disk only once', () => {
  assert.deepEqual(kinds({ ...well, whatsapp: 'desconectado', estado: 'conectando', problema: 'x', alertas: [disk] }), ['whatsapp', 'problem']);
  assert.deepEqual(kinds({ ...well, estado: 'sin_espacio', problema: 'Disco lleno.' }), ['problem']);
  assert.deepEqual(kinds({ ...well, estado: 'sin_espacio' }), ['whatsapp']);
});

test('every state has a name', () => {
  assert.equal(stateTitle(bridge(well)), 'bridge.connected');
  assert.equal(stateTitle(bridge({ alcanzable: true, whatsapp: 'desconectado', estado: 'conectado' })), 'bridge.disconnected');
  assert.equal(stateTitle(bridge({ alcanzable: true, whatsapp: 'desconectado', estado: 'novedad' })), 'bridge.disconnected');
  assert.equal(stateTitle(bridge({ alcanzable: false, estado: 'sesion_cerrada' })), 'bridge.unreachable');
  assert.equal(stateTitle(bridge({ estado: 'sin_configurar' })), 'bridge.unconfigured');
});

test('the picture breaks the way that is broken', () => {
  assert.deepEqual(links(bridge(well)), { whatsapp: 'good', server: 'good' });
  assert.deepEqual(links(bridge({ ...well, whatsapp: 'desconectado' })), { whatsapp: 'bad', server: 'good' });
  assert.deepEqual(links(bridge({ alcanzable: false, estado: 'inalcanzable' })), { whatsapp: 'unknown', server: 'bad' });
  assert.deepEqual(links(bridge({ estado: 'sin_configurar' })), { whatsapp: 'unknown', server: 'unknown' });
});

test('a message that was tried again waits for the next sign of life', () => {
  const heard = new Date(1000);
  const done = { phase: 'done', keys: ['a'], heard: 1000, message: '' };
  assert.equal(retryPhase(done, 'a', heard), 'sent');
  assert.equal(retryPhase(done, 'b', heard), 'idle');
  assert.equal(retryPhase(done, 'a', new Date(2000)), 'idle', 'it was refused again');
  assert.equal(retryPhase({ ...done, keys: [] }, 'b', heard), 'sent', 'no keys are all of them');
  assert.equal(retryPhase({ ...done, phase: 'sending' }, 'a', heard), 'sending');
  assert.equal(retryPhase({ ...done, phase: 'failed' }, 'a', heard), 'idle');
  assert.equal(retryPhase({ phase: 'idle', keys: [], heard: 0, message: '' }, 'a', null), 'idle');
});

test('clocks agree, differ, or are wrong', () => {
  assert.deepEqual([null, 0, -1.9, 5, -5].map(clockState), ['unknown', 'same', 'same', 'ahead', 'behind']);
  assert.deepEqual([null, 120, 121, -3600].map(clockIsWrong), [false, false, true, true]);
});
