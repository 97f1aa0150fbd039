// @ts-check
/**
 * What was written and is not known to be at the server: drafts, and what is on its
 * way. Both outlive the page, which a telephone may put away at any moment.
 */
import { tab } from '../shelf.js';
import * as state from '../state.js';
import { draftKey } from '../talk.js';

const key = 'mostrador.borradores';

/**
 * A text on its way under the name that the server knows it by: sent again under
 * it, it is not sent twice. Lost once nobody knows what became of it.
 * @typedef {{ticket: number, note: boolean, text: string, key: string, lost: boolean}} Sent
 */

/** @type {Sent[]} */
let sent = [];
/** Whose they are; nobody's yet. @type {number | null} */
let owner = null;

function keep() {
  const nothing = !sent.length && !Object.keys(state.drafts.value).length;
  tab.put(key, nothing ? '' : JSON.stringify({ owner, texts: state.drafts.value, sent }));
}

/** Brings back what a person was writing when the page was left; what somebody else wrote goes. @param {number} person */
export function restoreDrafts(person) {
  if (owner === person) return;
  owner = person;
  try {
    const kept = JSON.parse(tab.get(key));
    if (kept.owner !== person) throw new Error('somebody else was here');
    state.drafts.value = kept.texts;
    sent = kept.sent;
    for (const one of sent.filter(({ lost }) => !lost)) giveBack(one, one.text);
  } catch {
    state.drafts.value = {};
    sent = [];
  }
  sent = sent.map((one) => ({ ...one, lost: true }));
  keep();
}

/** Forgets all of it. */
export function forgetDrafts() {
  tab.put(key, '');
}

/** Keeps what is being written. @param {number} id as draftKey says @param {string} text */
export function keepDraft(id, text) {
  const { [id]: _, ...others } = state.drafts.value;
  state.drafts.value = text ? { ...others, [id]: text } : others;
  keep();
}

/** Puts what did not go before what was written since. @param {{ticket: number, note: boolean}} one @param {string} text */
export function giveBack({ ticket, note }, text) {
  const id = draftKey(ticket, note);
  const since = state.drafts.value[id]?.trim();
  keepDraft(id, since && text ? `${text}\n${since}` : text || since || '');
}

/** @param {{ticket: number, note: boolean, text: string}} a */
function same(a) {
  return (/** @type {Sent} */ b) => a.ticket === b.ticket && a.note === b.note && a.text === b.text;
}

/** The name under which a text went whose fate nobody knows, if it did. @param {{ticket: number, note: boolean, text: string}} one */
export function lostKey(one) {
  return sent.find((other) => other.lost && same(one)(other))?.key;
}

/** Whether something in a ticket's drafts may have gone already. @param {number} ticket */
export function mayHaveGone(ticket) {
  return sent.some((one) => one.lost && one.ticket === ticket && state.drafts.value[draftKey(ticket, one.note)]?.includes(one.text));
}

/** Notes that a text is on its way, or, lost, that nobody knows where it is. @param {Sent} one */
export function leaves({ ticket, note, text, key: name, lost }) {
  sent = [...sent.filter((other) => !same({ ticket, note, text })(other)), { ticket, note, text, key: name, lost }];
  keep();
}

/** The server has answered: a text is there, or refused. @param {{ticket: number, note: boolean, text: string}} one */
export function arrives(one) {
  sent = sent.filter((other) => !same(one)(other));
  keep();
}
