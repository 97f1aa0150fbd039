import assert from 'node:assert/strict';
import test from 'node:test';
import { linkify } from '../static/js/links.js';

const urls = (text) => linkify(text).filter((piece) => piece.url).map((piece) => piece.url);

test('web addresses become links, without the punctuation after them', () => {
  for (const [text, want] of [
    ['mira https://ejemplo.example/a.', ['https://ejemplo.example/a']],
    ['(https://ejemplo.example/a_(b))', ['https://ejemplo.example/a_(b)']],
    ['HTTP://Ejemplo.example ok', ['http://ejemplo.example/']],
    ['https://a.example, https://b.example/?q=1&r=2!', ['https://a.example/', 'https://b.example/?q=1&r=2']],
    ['https://ejemplo.example/ñandú', ['https://ejemplo.example/%C3%B1and%C3%BA']],
  ]) assert.deepEqual(urls(text), want);
});

test('nothing else becomes a link', () => {
  for (const text of [
    '', 'hola', 'javascript:alert(1)', 'data:text/html,<b>', 'vbscript:x', 'file:///etc/passwd', 'ftp://a.example', 'https://', 'http://[',
    'xhttps://a.example', 'https://banco.example@malo.example', 'https://ana:clave@a.example/', '//a.example',
  ]) assert.deepEqual(urls(text), [], text);
});

test('markup and marks of direction end a link', () => {
  assert.deepEqual(urls('https://a.example/"onclick="x'), ['https://a.example/']);
  assert.deepEqual(urls('https://a.example/<script>'), ['https://a.example/']);
  assert.deepEqual(urls('https://a.example/\u202egpj'), ['https://a.example/']);
});

test('the pieces joined are the text, whatever it is', () => {
  const parts = ['https://a.example/b', ' ', '.', '(', ')', 'hola', '\n', '<b>', 'http://', '🙂', '@', '\u202e', '?x=1', ']', '['];
  let seed = 42;
  const random = (limit) => (seed = (seed * 48_271) % 2_147_483_647) % limit;
  for (let round = 0; round < 2000; round++) {
    const text = Array.from({ length: random(8) }, () => parts[random(parts.length)]).join('');
    const pieces = linkify(text);
    assert.equal(pieces.map((piece) => piece.text).join(''), text);
    for (const { url } of pieces) assert.ok(url === undefined || /^https?:\/\//.test(url), url);
  }
});

test('a long hostile text takes no time', () => {
  const started = process.cpuUsage();
  linkify('https://a.example/' + ')'.repeat(4000) + 'http://'.repeat(4000));
  assert.ok(process.cpuUsage(started).user < 5e6);
});
