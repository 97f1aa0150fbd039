import './texts.mjs';
import assert from 'node:assert/strict';
import test from 'node:test';
import { sentence } from '../static/js/audit.js';
import { copies } from '../static/js/copieswire.js';

test('what the server says of copies is taken apart, nonsense too', () => {
  const all = copies({
    modo: 'activo', destino: '/datos/respaldos', cifrado: true, siguiente: '2026-11-28T03:00:00Z', ultimo: null, atrasado: true,
    haciendo: { desde: '2026-11-27T10:00:00Z', paso: 'comprobando', hecho: 5, total: 10 }, error: 'No cabe.', error_fecha: '2026-11-27T09:00:00Z',
    copias: [{ nombre: 'mostrador-x.tar.gz', fecha: '2026-11-26T03:00:00Z', tamano: 7, comprobado: true }, {}],
  });
  assert.deepEqual(all.work, { since: new Date('2026-11-27T10:00:00Z'), step: 'checking', done: 5, total: 10 });
  assert.equal(all.late, true);
  assert.equal(all.copies[0].size, 7);
  assert.deepEqual(all.copies[1], { name: '', at: null, size: 0, checked: false });
  const none = copies({ modo: 'otro' });
  assert.equal(none.mode, 'off', 'an unknown mode promises nothing');
  assert.deepEqual([none.work, none.copies, none.next], [null, [], null]);
});

test('what is done with copies is a sentence of the audit log', () => {
  const act = (action, details = {}) => ({ id: 1, at: null, user: 'Ana', action, object: '', details });
  assert.equal(sentence(act('backup.asked')), 'pidió un respaldo de todo');
  assert.equal(sentence(act('backup.taken', { name: 'mostrador-x.tar.gz' })), 'descargó el respaldo mostrador-x.tar.gz');
});
