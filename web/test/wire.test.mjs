import assert from 'node:assert/strict';
import test from 'node:test';
import * as wire from '../static/js/wire.js';

test('a ticket arrives whole', () => {
  const ticket = wire.ticket({
    id: 42, descripcion: 'No prende', titulo: 'Laptop', estado: 'esperando_cliente', categoria: 'Equipo', fecha: '2026-11-23T10:00:00Z',
    foto_path: '/fotos/abc.jpg', telefono: '+52 477 275 8198', numero_oculto: false, nombre: 'Ana', grupo: false, prioridad: 'urgente',
    palabras: ['prende'], sin_leer: 2, actualizado: '2026-11-23T11:00:00Z', aviso: { id: 9, estado: 'leido', fecha: '2026-11-23T11:00:00Z', motivo: '' },
    por_decidir: 2, fuente: 'llm', asignado: { id: 3, nombre: 'Luis' },
  });
  assert.deepEqual(ticket, {
    id: 42, title: 'Laptop', text: 'No prende', status: 'waiting', category: 'Equipo', source: 'llm', words: ['prende'], priority: 'urgent', name: 'Ana',
    phone: '+52 477 275 8198', hidden: false, group: false, photo: '/fotos/abc.jpg', unread: 2, createdAt: new Date('2026-11-23T10:00:00Z'),
    updatedAt: new Date('2026-11-23T11:00:00Z'), notice: { id: 9, delivery: 'read', at: new Date('2026-11-23T11:00:00Z'), reason: '' }, stuck: 2,
    verdict: { source: 'llm', confidence: 0, doubt: '', candidates: [], reason: '', reasonWords: [] },
    assignee: { id: 3, name: 'Luis' }, found: null,
  });
});

test('a ticket of odd shape is still one that can be shown', () => {
  const ticket = wire.ticket({ id: '7', estado: 'nuevo', palabras: null, fecha: 'ayer', foto_path: 3, sin_leer: 'x', nombre: {}, prioridad: 9 });
  assert.equal(ticket.id, 7);
  assert.equal(ticket.status, 'pending');
  assert.equal(ticket.priority, 'normal');
  assert.equal(ticket.createdAt, null);
  assert.deepEqual([ticket.words, ticket.photo, ticket.unread, ticket.name, ticket.notice], [[], null, 0, '', null]);
});

test('only paths of stored files are files', () => {
  assert.equal(wire.photoPath('/fotos/a-B_1.jpg'), '/fotos/a-B_1.jpg');
  for (const bad of [
    null, '', 'javascript:alert(1)', 'https://malo.example/fotos/a.jpg', '//malo.example/fotos/a', '/fotos/', '/fotos/../salir', '/fotos/..', '/fotos/a/b',
    '/fotos/a"b', '/fotos/a?x=1', '/salir', '/fotos/a\nb', 7,
  ]) assert.equal(wire.photoPath(bad), null, String(bad));
});

test('every status goes there and back', () => {
  for (const word of ['pendiente', 'en_proceso', 'esperando_cliente', 'resuelto']) {
    assert.equal(wire.statusWord(wire.ticket({ id: 1, estado: word }).status), word);
  }
  assert.equal(wire.statusWord('nonsense'), '');
});

test('a message and its files arrive', () => {
  const message = wire.message({
    id: 7, direccion: 'salida', tipo: 'nota_de_voz', texto: 'x', wa_id: 'W', responde_a: 'V', desde_telefono: true, entrega: 'fallo', motivo: 'No.',
    fecha: '2026-11-23T10:00:00Z', editado: null, borrado: '2026-11-23T10:01:00Z',
    archivos: [{ url: '/fotos/a.ogg', nombre: 'a', mime: 'audio/ogg', tamano: 9, estado: 'guardado', motivo: '' }, { url: 'x:y', estado: 'pendiente' }],
  });
  assert.equal(message.kind, 'voice');
  assert.equal(message.direction, 'out');
  assert.equal(message.delivery, 'failed');
  assert.equal(message.editedAt, null);
  assert.ok(message.deletedAt);
  assert.deepEqual(message.files.map((file) => [file.url, file.state, file.mime]), [['/fotos/a.ogg', 'stored', 'audio/ogg'], [null, 'pending', '']]);
});

test('a kind that a newer server invents is shown as other', () => {
  assert.equal(wire.message({ tipo: 'holograma', direccion: 'entrada' }).kind, 'other');
  assert.equal(wire.message({ tipo: 'constructor', direccion: 'toString' }).direction, 'event');
});

test('every state of a reply has a name here', () => {
  const names = { en_cola: 'queued', limitado: 'limited', por_confirmar: 'confirm', enviado: 'sent', entregado: 'delivered', leido: 'read', fallo: 'failed', descartado: 'discarded' };
  for (const [word, name] of Object.entries(names)) assert.equal(wire.message({ entrega: word }).delivery, name);
  assert.equal(wire.message({ entrega: 'teletransportado' }).delivery, '');
});

test('counts and the session have defaults', () => {
  assert.deepEqual(wire.summary({ pendiente: 3, total: 4 }), { '': 4, pending: 3, in_progress: 0, waiting: 0, resolved: 0 });
  assert.deepEqual(wire.session({ usuario: 'ana', login: false }), { id: 0, user: 'ana', role: 'reader', business: 'Mostrador', login: false, drafts: false, notice: '', gaveUp: 0, zone: '', language: '' });
  assert.equal(wire.session({ rol: 'administrador' }).role, 'admin');
});
