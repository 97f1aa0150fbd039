import './texts.mjs';
import assert from 'node:assert/strict';
import test from 'node:test';
import { acts, newFactor, roleWord, tokens, users } from '../static/js/accountwire.js';
import { device } from '../static/js/agent.js';
import { actor, kinds, roleName, sentence } from '../static/js/audit.js';

const act = (action, details = {}, object = '') => ({ id: 1, at: null, user: 'Ana', action, object, details });

test('every line of the audit log is a sentence', () => {
  for (const [line, want] of [
    [act('access.login', { address: '10.0.0.1', recovery: false }), 'entró desde 10.0.0.1'],
    [act('access.login', { address: '10.0.0.1', recovery: true }), 'entró desde 10.0.0.1 con un código de recuperación'],
    [act('access.failed', { address: '10.0.0.1', count: 1, name: 'luis' }), 'no pudo entrar como luis, desde 10.0.0.1'],
    [act('access.failed', { address: '10.0.0.1', count: 7, name: '' }), 'no pudo entrar con usuarios que no existen: 7 intentos en una hora, el último desde 10.0.0.1'],
    [act('access.ended', { count: 2 }), 'cerró 2 sesiones suyas'],
    [act('user.role', { name: 'Luis', from: 'agent', to: 'admin' }), 'cambió el rol de Luis: agente → administrador'],
    [act('user.uninvited', { name: '' }), 'anuló un enlace de contraseña'],
    [act('token.created', { name: '{role}', role: 'reader' }), 'creó el token «{role}» como lectura'],
    [act('ticket.status', { from: 'pending', to: 'resolved' }, 'ticket/42'), 'cambió el ticket 42: Pendiente → Resuelto'],
    [act('ticket.priority', { from: 'normal', to: 'urgent' }, 'ticket/42'), 'cambió la prioridad del ticket 42: Normal → Urgente'],
    [act('ticket.category', { from: '', to: 'admin' }, 'ticket/42'), 'cambió la categoría del ticket 42: — → admin'],
    [act('ticket.assignee', { from: 'Ana', to: '' }, 'ticket/42'), 'cambió quién tiene el ticket 42: Ana → —'],
    [act('customer.erased', {}, 'customer/7'), 'borró todo lo del cliente 7'],
    [act('settings.changed', { zone: true, hours: true }), 'cambió los ajustes: zona horaria, horario'],
    [act('ticket.other', {}, 'ticket/42'), 'ticket.other ticket/42'],
    [act('constructor.name', {}, ''), 'constructor.name '],
  ]) assert.equal(sentence(line), want);
});

test('a name that is a code of ours stays a name', () => {
  assert.equal(sentence(act('user.disabled', { name: 'admin' })), 'desactivó a admin');
});

test('whoever is nobody has a name too', () => {
  assert.equal(actor(act('access.login')), 'Ana');
  assert.equal(actor({ ...act('access.failed'), user: '' }), 'Alguien');
  assert.equal(actor({ ...act('user.created'), user: '' }), 'Un programa o la línea de comandos');
  assert.equal(roleName('admin'), 'administrador');
  assert.equal(roleName('nonsense'), 'lectura');
  assert.ok(kinds.ticket);
});

test('a device is named by its browser and system', () => {
  const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
  assert.deepEqual(device(windows), { browser: 'Chrome', system: 'Windows' });
  assert.deepEqual(device(`${windows} Edg/126.0`), { browser: 'Edge', system: 'Windows' });
  assert.deepEqual(device('Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0'), { browser: 'Firefox', system: 'Linux' });
  assert.deepEqual(device('Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'), { browser: 'Safari', system: 'iPhone' });
  assert.deepEqual(device('Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36'), { browser: 'Chrome', system: 'Android' });
  assert.deepEqual(device('<script>'), { browser: '', system: '' });
});

test('what the server says of people is taken apart, nonsense too', () => {
  const [ana] = users({ usuarios: [{ id: 1, usuario: 'Ana', rol: 'administrador', activo: true, segundo_factor: true, ultimo_acceso: '2026-11-23T10:00:00Z' }] });
  assert.equal(ana.role, 'admin');
  assert.equal(ana.lastLogin?.getTime(), Date.UTC(2026, 10, 23, 10));
  assert.equal(users({ usuarios: [{ rol: 'jefe' }] })[0].role, 'reader', 'an unknown role is the least one');
  assert.deepEqual(users(null), []);
  assert.deepEqual(tokens({}), []);
  assert.equal(roleWord('agent'), 'agente');
  assert.equal(roleWord('x'), '');
  assert.equal(newFactor({ qr: 'aGk=' }).picture, 'data:image/png;base64,aGk=');
  assert.equal(newFactor({ qr: '"><script>' }).picture, '');
  assert.deepEqual(acts({ eventos: [{ id: 3, accion: 'x.y' }], siguiente: '3' }).acts[0].details, {});
});
