// @ts-check
/** Keeps the line to the server on which it says what changed, and reads again what is shown. */
import { api } from '../api.js';
import { event, missed, pause } from '../live.js';
import * as state from '../state.js';
import { tell } from './alerts.js';
import { refresh as refreshBridge } from './bridge.js';
import { refresh as refreshConversation } from './conversation.js';
import { refresh, refreshTickets } from './list.js';
import { identify } from './session.js';

/** Fetching again waits this long after the last time, in milliseconds. */
const rest = 700;
/** A page that begins has this long to itself, in milliseconds. */
const settling = 5000;
/** A line on which the server, which says something every 20 s, is silent for so long is dead, in milliseconds. */
const silence = 60_000;
/** The server closes a line with this when the session is over. */
const sessionOver = 1008;

/** @type {WebSocket | null} */
let line = null;
let version = -1;
let attempt = 0;
let timer = 0;
let watch = 0;
/** @type {Map<string, Set<(event: import('../live.js').Event) => void>>} */
const listeners = new Map();

/** Calls hear for each event of a kind from now on. @param {string} kind @param {(event: import('../live.js').Event) => void} hear @returns {() => void} ends it */
export function listen(kind, hear) {
  const all = listeners.get(kind) ?? new Set();
  listeners.set(kind, all.add(hear));
  return () => all.delete(hear);
}

/** Sends something to the server, if the line is there. @param {object} message */
export function send(message) {
  if (line?.readyState === WebSocket.OPEN) line.send(JSON.stringify(message));
}

/** Connects, and again whenever the line breaks, until stop. */
export function start() {
  clearTimeout(timer);
  if (line) return;
  const mine = api.events();
  line = mine;
  expect();
  mine.onmessage = ({ data }) => {
    if (line !== mine) return;
    expect();
    take(event(data));
  };
  mine.onclose = ({ code }) => {
    if (line !== mine) return;
    forget();
    if (code === sessionOver) identify();
    timer = setTimeout(start, pause(attempt++, Math.random()));
  };
}

/** Hangs up. */
export function stop() {
  clearTimeout(timer);
  const mine = line;
  forget();
  mine?.close();
}

function forget() {
  clearTimeout(watch);
  line = null;
  state.live.value = false;
}

/** Calls anew if the line stays silent: one that died while the laptop slept is not closed by anybody. */
function expect() {
  clearTimeout(watch);
  watch = setTimeout(() => {
    stop();
    start();
  }, silence);
}

/** @param {import('../live.js').Event | null} heard */
function take(heard) {
  if (!heard) return;
  const gap = missed(version, heard);
  const [first, again] = [version < 0, heard.kind === 'hello' && version >= 0];
  version = heard.version;
  attempt = 0;
  state.live.value = true;
  if (again) identify(); // somebody else may have logged in meanwhile
  if (gap || again) want('all');
  else want(heard.kind, heard.ticket);
  // What the page began with was read before the line was there to tell of changes.
  if (first) setTimeout(want, settling, 'all');
  if (heard.kind === 'opened' || heard.kind === 'message') tell(heard.kind, heard.ticket);
  for (const hear of listeners.get(heard.kind) ?? []) hear(heard);
}

const wanted = { all: false, tickets: false, conversation: false, bridge: false };
let last = 0;
let waiting = 0;

/** Has something read again soon, together with whatever else changes meanwhile. @param {string} kind @param {number} [ticket] */
function want(kind, ticket) {
  if (kind === 'all') wanted.all = true;
  else if (kind === 'bridge') wanted.bridge = true;
  else if (kind === 'opened' || kind === 'message' || kind === 'ticket') {
    wanted.tickets = true;
    wanted.conversation ||= ticket === state.conversation.value.id;
  } else return;
  if (!waiting) waiting = setTimeout(read, Math.max(last + rest - Date.now(), 20));
}

async function read() {
  const { all, tickets, conversation, bridge } = wanted;
  Object.assign(wanted, { all: false, tickets: false, conversation: false, bridge: false });
  await Promise.all([
    all ? refresh() : tickets && refreshTickets(),
    (all || conversation) && refreshConversation(),
    !all && bridge && refreshBridge(),
  ]);
  last = Date.now();
  waiting = 0;
  if (Object.values(wanted).some(Boolean)) waiting = setTimeout(read, rest);
}
