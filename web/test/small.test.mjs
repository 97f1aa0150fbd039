import './texts.mjs';
import assert from 'node:assert/strict';
import test from 'node:test';
import { t } from '../static/js/i18n.js';
import { command, step } from '../static/js/keys.js';
import { href, parse } from '../static/js/router.js';

test('an address and its route are the same thing twice', () => {
  for (const route of [
    { view: 'list' }, { view: 'bridge' }, { view: 'ticket', id: 42 }, { view: 'settings' }, { view: 'settings', section: 'mi-negocio' },
    { view: 'customers', query: { buscar: 'año & más?' } },
  ]) {
    assert.deepEqual(parse(href(route)), route);
    assert.deepEqual(parse(href(route, 'estado=resuelto')), route, 'whatever the filter');
  }
  assert.equal(href({ view: 'settings', section: 'negocio' }), '#/ajustes/negocio');
  assert.equal(href({ view: 'ticket', id: 42 }, 'q=hola'), '#/ticket/42?q=hola');
});

test('a nonsense address is the list', () => {
  for (const hash of ['', '#', '#/', '#/ticket/', '#/ticket/0', '#/ticket/-1', '#/ticket/1e3', '#/ticket/42/x', '#/puente/', '#/puente/1', '#/ajustes/a/b', '#/ajustes/%20', '#/ticket/99999999999999999', '#contenido']) {
    assert.deepEqual(parse(hash), { view: 'list' }, hash);
  }
});

test('texts take their parameters and plurals', () => {
  assert.equal(t('list.fresh', { count: 1 }), 'Llegó 1 ticket nuevo');
  assert.equal(t('list.fresh', { count: 2 }), 'Llegaron 2 tickets nuevos');
  assert.equal(t('list.fresh', { count: 1_000_000 }), 'Llegaron 1000000 tickets nuevos');
  assert.equal(t('chat.title', { id: '{id}$&' }), 'Ticket {id}$&', 'a parameter is never read again');
});

test('a missing text shows its key, a missing parameter its name', () => {
  assert.equal(t('no.such.key'), 'no.such.key');
  assert.equal(t('chat.title'), 'Ticket {id}');
});

test('keys are commands only where nobody is typing', () => {
  const free = { typing: false, dialog: false };
  assert.equal(command({ key: 'j' }, free), 'next');
  assert.equal(command({ key: '?' }, free), 'help');
  assert.equal(command({ key: '/' }, free), 'search');
  assert.equal(command({ key: 'q' }, free), null);
  assert.equal(command({ key: 'r', ctrlKey: true }, free), null, 'the browser reloads');
  assert.equal(command({ key: 'r' }, { typing: true, dialog: false }), null);
  assert.equal(command({ key: 'Escape' }, { typing: true, dialog: false }), 'back');
  assert.equal(command({ key: 'Escape' }, { typing: false, dialog: true }), null, 'the dialog closes itself');
});

test('moving stays inside the list', () => {
  assert.equal(step(-1, 3, 'next'), 0);
  assert.equal(step(0, 3, 'next'), 1);
  assert.equal(step(2, 3, 'next'), 2);
  assert.equal(step(0, 3, 'previous'), 0);
});
