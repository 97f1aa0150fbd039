// Answers of the server that come late, in another order, or not at all.
import './texts.mjs';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { moveBy } from '../static/js/actions/canned.js';
import { loadWholeCategories, teach } from '../static/js/actions/categories.js';
import { submit } from '../static/js/actions/compose.js';
import { refresh } from '../static/js/actions/conversation.js';
import { refreshTickets } from '../static/js/actions/list.js';
import { call } from '../static/js/api.js';
import { classifier, problem } from '../static/js/categories.js';
import * as state from '../static/js/state.js';
import * as talk from '../static/js/talk.js';

/** What was asked for and not answered yet. @type {{method: string, path: string, answer: (body: any, status?: number) => Promise<void>}[]} */
let asked = [];

globalThis.sessionStorage = /** @type {any} */ ({ setItem() {}, getItem: () => null, removeItem() {} });
globalThis.fetch = /** @type {any} */ ((path, { method }) => new Promise((done) => {
  const answer = async (body, status = 200) => {
    done(new Response(JSON.stringify(body), { status }));
    await settled();
  };
  asked.push({ method, path: String(path).replace('/api/v1', ''), answer });
}));

/** Once all that follows an answer by itself is done. */
const settled = () => new Promise((done) => { setTimeout(done); });

/** Takes the first call that is a method and path. @param {string} call */
function take(call) {
  const at = asked.findIndex(({ method, path }) => `${method} ${path}` === call);
  assert.ok(at >= 0, `${call} is among ${asked.map(({ method, path }) => `${method} ${path}`)}`);
  return asked.splice(at, 1)[0];
}

const conversation = (id, ...texts) => ({ ticket: { id }, mensajes: texts.map((texto, i) => ({ id: i + 1, direccion: 'entrante', tipo: 'texto', texto })) });
const texts = () => state.conversation.value.messages.map((message) => message.text);

beforeEach(() => {
  asked = [];
  talk.sending.value = [];
  state.conversation.value = { ...state.emptyConversation, id: 1 };
});

test('what is under way to one customer keeps no other from getting the same', async () => {
  state.drafts.value = { 1: 'Gracias', 2: 'Gracias', [-2]: 'Gracias' };
  submit(1);
  submit(1);
  state.conversation.value = { ...state.emptyConversation, id: 2 };
  submit(2);
  talk.compose(2, { note: true });
  submit(2);
  await settled();
  assert.deepEqual(asked.map(({ path }) => path), ['/tickets/1/mensajes', '/tickets/2/mensajes', '/tickets/2/notas']);
  assert.deepEqual(talk.sending.value.map(({ ticket, note }) => [ticket, note]), [[1, false], [2, false], [2, true]]);
  for (const { answer } of asked) await answer({});
});

test('a conversation that was overtaken does not come back', async () => {
  const first = refresh();
  await settled();
  const [old] = asked.splice(0);
  const second = refresh();
  await settled();
  await asked[0].answer(conversation(1, 'hola', '¿hay alguien?'));
  await second;
  await old.answer(conversation(1, 'hola'));
  await first;
  assert.deepEqual(texts(), ['hola', '¿hay alguien?']);
});

test('nor does a list', async () => {
  state.list.value = state.emptyList;
  const page = (...ids) => ({ tickets: ids.map((id) => ({ id })), total: ids.length });
  refreshTickets();
  await settled();
  const old = take('GET /tickets?limite=50');
  refreshTickets();
  await settled();
  await take('GET /tickets?limite=50').answer(page(3, 2));
  await old.answer(page(2));
  assert.deepEqual(state.list.value.tickets.map(({ id }) => id), [3, 2]);
  asked.forEach(({ answer }) => answer({}));
  await settled();
});

test('why a conversation could not be shown is forgotten once it is, why a reply was refused is not', async () => {
  refresh();
  await settled();
  await asked.pop()?.answer({ detail: 'Ahora no.' }, 503);
  assert.deepEqual([state.conversation.value.phase, state.conversation.value.error], ['failed', 'Ahora no.']);
  refresh();
  await settled();
  await asked.pop()?.answer(conversation(1, 'hola'));
  assert.deepEqual([state.conversation.value.phase, state.conversation.value.error], ['ready', '']);
  state.conversation.value = { ...state.conversation.value, error: 'Este cliente ya no está en WhatsApp.' };
  refresh();
  await settled();
  await asked.pop()?.answer(conversation(1, 'hola', 'hola'));
  assert.equal(state.conversation.value.error, 'Este cliente ya no está en WhatsApp.');
});

test('what was wrong with the categories is forgotten when they come', async () => {
  problem.value = 'El servidor no contestó.';
  const whole = loadWholeCategories();
  await settled();
  await asked[0].answer({ categorias: [] });
  await whole;
  assert.equal(problem.value, '');
});

test('an order that was refused is not shown', async () => {
  const all = [{ id: 1, title: 'a', shortcut: '', text: 'a' }, { id: 2, title: 'b', shortcut: '', text: 'b' }];
  talk.canned.value = all;
  const moved = moveBy(1, 1);
  await settled();
  assert.deepEqual(talk.canned.value.map(({ id }) => id), [2, 1], 'until the server says no');
  await asked[0].answer({ detail: 'Ahora no.' }, 503);
  assert.equal(await moved, 'Ahora no.');
  assert.deepEqual(talk.canned.value, all);
});

test('a switch that was refused is drawn anew', async () => {
  const known = /** @type {any} */ ({ learning: true });
  classifier.value = known;
  const taught = teach({ learning: false });
  await settled();
  await asked[0].answer({ detail: 'Ahora no.' }, 503);
  assert.equal(await taught, false);
  assert.deepEqual(classifier.value, known);
  assert.notEqual(classifier.value, known);
});

test('a page where a network asks to log in is no answer of the server', async () => {
  const real = globalThis.fetch;
  globalThis.fetch = async () => new Response('<html>Wi-Fi</html>', { status: 200 });
  await assert.rejects(call('POST', '/tickets/1/mensajes', {}), ({ offline }) => offline);
  globalThis.fetch = async () => new Response('', { status: 200 });
  assert.equal(await call('POST', '/salir'), null, 'nothing to say is an answer');
  globalThis.fetch = real;
});
