import assert from 'node:assert/strict';
import test from 'node:test';
import { mapLink, people, place } from '../static/js/cards.js';

test('a place is read from what the bridge made of it', () => {
  const found = place('📍 Ubicación: Taller, Av. Juárez 12\nhttps://maps.google.com/?q=21.5,-101.25');
  assert.deepEqual(found, { title: 'Ubicación: Taller, Av. Juárez 12', latitude: 21.5, longitude: -101.25 });
  assert.equal(mapLink(found), 'https://www.openstreetmap.org/?mlat=21.5&mlon=-101.25#map=17/21.5/-101.25');
});

test('what is nowhere on earth, or something else, is no place', () => {
  for (const text of ['', 'hola', 'https://maps.google.com/?q=91,0', 'https://maps.google.com/?q=1,181', 'https://maps.google.com/?q=1', 'https://maps.google.com/?q=javascript:1,2', 'x https://maps.google.com/?q=1,2']) {
    assert.equal(place(text), null, text);
  }
});

test('people and their numbers are read from their cards', () => {
  assert.deepEqual(people('👤 Contacto: Luis Pérez, +52 477 111 2222, 4771113333\n👤 Contacto: Taller, Centro\n👤 Contacto'), [
    { name: 'Luis Pérez', phones: ['+52 477 111 2222', '4771113333'] }, { name: 'Taller, Centro', phones: [] },
  ]);
  assert.deepEqual(people('<img src=x onerror=alert(1)>'), []);
  assert.deepEqual(people('👤 Contacto: javascript:alert(1), 12'), [{ name: 'javascript:alert(1), 12', phones: [] }]);
});
