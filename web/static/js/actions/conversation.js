// @ts-check
/** Reading one conversation and answering in it. */
import { Problem, api } from '../api.js';
import { convapi } from '../convapi.js';
import { t } from '../i18n.js';
import { kept } from '../kept.js';
import * as state from '../state.js';
import * as talk from '../talk.js';
import { mayHaveGone } from './drafts.js';
import { change, latest, order, sentence } from './guard.js';
import { say } from './toast.js';

/** Counts what was opened: a page may be put away after its successor, even for the same ticket, has come. */
let opened = 0;
const ask = order();
/** How long a page waits for the conversation it begins with, in milliseconds. */
const patience = 400;
/** What went wrong in tickets that were not open any more. @type {Map<number, string>} */
const untold = new Map();

/**
 * Reads the conversation with which the page begins, before anything is drawn: its
 * parts would push each other down. One that takes long is drawn as it comes.
 * @param {number} id
 */
export async function begin(id) {
  state.conversation.value = { ...state.emptyConversation, id };
  await Promise.race([refresh(), new Promise((done) => { setTimeout(done, patience); })]);
}

/**
 * Shows a ticket's conversation; what the list knows of it is there at once.
 * @param {number} id @returns {() => void} puts it away, unless one was opened since
 */
export function open(id) {
  const mine = ++opened;
  const close = () => {
    if (mine === opened) state.conversation.value = state.emptyConversation;
  };
  const error = untold.get(id) ?? (mayHaveGone(id) ? t('reply.uncertain') : '');
  untold.delete(id);
  if (mine === 1 && state.conversation.value.id === id) { // begin has asked for it
    if (error) update(id, { error });
    return close;
  }
  const ticket = state.list.value.tickets.find((known) => known.id === id) ?? null;
  state.conversation.value = { ...state.emptyConversation, id, ticket, error };
  talk.extra.value = { contact: 0, mergedInto: 0, assignee: null };
  talk.others.value = null;
  talk.question.value = null;
  if (talk.joined.value?.target !== id) talk.joined.value = null;
  refresh();
  return close;
}

/** Fetches the open conversation again; does nothing when none is. */
export async function refresh() {
  const { id } = state.conversation.value;
  if (!id) return;
  const newer = ask();
  try {
    const { ticket, extra, messages } = await latest(() => convapi.conversation(id));
    if (!newer()) return;
    const known = state.conversation.value;
    if (known.id === id) talk.extra.value = kept(talk.extra.value, extra);
    // Why a reply was refused stays; why nothing could be shown does not.
    const error = known.phase === 'failed' ? '' : known.error;
    update(id, { ticket: kept(known.ticket ?? undefined, ticket), messages: allKept(known.messages, messages), phase: 'ready', error });
    state.list.value = state.withTicket(state.list.value, ticket);
  } catch (cause) {
    if (state.conversation.value.phase !== 'ready') update(id, { phase: 'failed', error: sentence(cause) });
  }
}

/** @param {import('../wire.js').Message[]} known @param {import('../wire.js').Message[]} said */
function allKept(known, said) {
  const old = new Map(known.map((message) => [message.id, message]));
  return kept(known, said.map((message) => kept(old.get(message.id), message)));
}

/**
 * Changes the conversation of a ticket, if it is still the open one.
 * @param {number} id @param {Partial<import('../state.js').Conversation>} change
 */
export function update(id, change) {
  if (state.conversation.value.id === id) state.conversation.value = { ...state.conversation.value, ...change };
}

/** Says what went wrong in a ticket: there, or where the person is now and when they come back. @param {number} id @param {string} error */
export function complain(id, error) {
  if (state.conversation.value.id === id) return update(id, { error });
  untold.set(id, error);
  say(`${t('chat.title', { id })}: ${error}`, null);
}

/** Sends a reply of the open conversation that failed or is held back. @param {number} message */
export function retry(message) {
  return decide(message, (id) => api.retry(id, message), t('delivery.sent'));
}

/** Takes a reply of the open conversation back. @param {number} message */
export function discard(message) {
  return decide(message, (id) => api.discard(id, message), t('decision.discarded'));
}

/**
 * Carries out a person's decision about one reply, once.
 * @param {number} message @param {(id: number) => Promise<void>} work @param {string} done
 */
async function decide(message, work, done) {
  const { id, deciding } = state.conversation.value;
  if (deciding.includes(message)) return;
  update(id, { deciding: [...deciding, message], error: '', notice: '' });
  try {
    await change(() => work(id));
    state.announcement.value = done;
  } catch (cause) {
    if (cause instanceof Problem && cause.queued) update(id, { notice: t('reply.queued', { reason: cause.message }) });
    else complain(id, sentence(cause));
  }
  await refresh();
  update(id, { deciding: state.conversation.value.deciding.filter((other) => other !== message) });
}
