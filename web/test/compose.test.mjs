import assert from 'node:assert/strict';
import test from 'node:test';
import { fillIn, matching, replaced, shows, slash } from '../static/js/compose.js';

const values = { name: 'Ana María Torres', ticket: 42, business: 'Taller' };

test('variables are filled in, and one without a value leaves no gap', () => {
  assert.equal(fillIn('Hola {nombre}, su ticket es el {ticket} de {negocio}. {otra}', values), 'Hola Ana, su ticket es el 42 de Taller. {otra}');
  assert.equal(fillIn('Hola {nombre}, pase.', { ...values, name: '' }), 'Hola, pase.');
  assert.equal(fillIn('{nombre}{nombre}', { ...values, name: '{ticket}' }), '{ticket}{ticket}', 'a name is not a template');
});

test('a slash at the caret looks for a canned reply, one inside a word does not', () => {
  assert.deepEqual(slash('/ho', 3), { from: 0, query: 'ho' });
  assert.deepEqual(slash('Buenas /día', 11), { from: 7, query: 'día' });
  assert.deepEqual(slash('uno\n/', 5), { from: 4, query: '' });
  for (const [text, caret] of [['1/2', 3], ['https://x', 9], ['/ho la', 6], ['', 0], ['/ho', 0]]) assert.equal(slash(text, caret), null, text);
});

test('what is looked for is found without accents, its shortcut first', () => {
  const all = [
    { id: 1, title: 'Días de entrega', text: 'Tarda', shortcut: '' },
    { id: 2, title: 'Otra', text: 'en unos días', shortcut: '' },
    { id: 3, title: 'Zeta', text: 'x', shortcut: 'dia' },
  ];
  assert.deepEqual(matching(all, 'DÍA').map(({ id }) => id), [3, 1, 2]);
  assert.deepEqual(matching(all, 'nada'), []);
  assert.equal(matching(Array.from({ length: 50 }, (_, id) => ({ ...all[0], id })), '').length, 8);
});

test('a piece takes the place of what was looked for', () => {
  assert.deepEqual(replaced('Hola /x adiós', 5, 7, 'amigo'), { text: 'Hola amigo adiós', caret: 10 });
});

test('only pictures that carry no script are shown before they are sent', () => {
  assert.deepEqual(['image/png', 'image/svg+xml', 'text/html', ''].map((type) => shows({ type })), [true, false, false, false]);
});
