// @ts-check
/** Says which ticket is open here, and hears who else has it open. */
import { present } from '../convwire.js';
import * as state from '../state.js';
import * as talk from '../talk.js';
import { listen, send } from './live.js';

/** How often it is said again, and how often that somebody types, in milliseconds. */
const again = 10_000;
const pause = 3000;

let ticket = 0;
let typed = 0;
/** Counts the looks, as one may end after the next has begun. */
let looks = 0;

/** Somebody looks at a ticket from now on. @param {number} id @returns {() => void} ends it, unless they look at another one by then */
export function look(id) {
  const mine = ++looks;
  ticket = id;
  typed = 0;
  talk.present.value = [];
  const stop = listen('presencia', ({ ticket: about, data }) => {
    if (about !== ticket) return;
    const me = state.session.value?.id;
    talk.present.value = present(data).filter((one) => one.id !== me);
  });
  const greet = listen('hello', say);
  const timer = setInterval(say, again);
  say();
  return () => {
    stop();
    greet();
    clearInterval(timer);
    if (mine !== looks) return;
    ticket = 0;
    talk.present.value = [];
    send({ tipo: 'fuera' });
  };
}

function say() {
  if (!state.live.value) talk.present.value = [];
  if (ticket && !document.hidden) send({ tipo: Date.now() - typed < again ? 'escribiendo' : 'mirando', ticket });
}

/** Somebody types. */
export function type() {
  const before = typed;
  if (Date.now() - before < pause) return;
  typed = Date.now();
  say();
}

/** What was typed is sent. */
export function typedAll() {
  if (!typed) return;
  typed = 0;
  say();
}
