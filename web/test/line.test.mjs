// The line on which the server says what changed.
import './texts.mjs';
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { start, stop } from '../static/js/actions/live.js';
import * as state from '../static/js/state.js';

/** Every line that was ever opened. @type {Line[]} */
const lines = [];

class Line {
  constructor() {
    this.closed = false;
    lines.push(this);
  }

  close() { this.closed = true; }

  say(kind, version) { this.onmessage({ data: JSON.stringify({ tipo: kind, version }) }); }
}

globalThis.location = /** @type {any} */ ({ protocol: 'http:', host: 'mostrador' });
globalThis.WebSocket = /** @type {any} */ (Line);
globalThis.fetch = () => new Promise(() => {});

test('a line that falls silent is given up and another one opened', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  start();
  lines[0].say('hola', 7);
  for (let beat = 0; beat < 9; beat++) {
    mock.timers.tick(20_000);
    lines[0].say('latido', 7);
  }
  assert.deepEqual([lines.length, state.live.value], [1, true], 'the server is heard');
  mock.timers.tick(60_000);
  assert.deepEqual([lines.length, lines[0].closed, state.live.value], [2, true, false]);
  lines[0].say('latido', 7);
  assert.equal(state.live.value, false, 'what the old one still says does not count');
  lines[1].say('hola', 9);
  assert.equal(state.live.value, true);
  stop();
  mock.timers.tick(600_000);
  assert.deepEqual([lines.length, lines[1].closed], [2, true], 'nothing calls after the end');
});
