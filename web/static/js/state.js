// @ts-check
/** What the panel knows, and the pure steps from one state to the next. Nothing here touches page or network. */
import { computed, signal } from '@preact/signals-core';
import { kept } from './kept.js';

/** @typedef {import('./wire.js').Ticket} Ticket */
/** @typedef {import('./wire.js').Notice} Notice */
/** @template T @typedef {import('@preact/signals-core').Signal<T>} Signal */
/** @typedef {{phase: 'loading'|'ready'|'failed', tickets: Ticket[], next: string, total: number, query: string, newest: number, fresh: number[], complete: boolean, error: string}} List */
/** @typedef {{tickets: Ticket[], next: string, total: number, complete?: boolean}} Page */
/** @typedef {{phase: 'confirm'|'sending'|'failed', before: number, uncertain?: boolean, message?: string}} Attempt */
/** @typedef {{kind: 'idle'|'confirm'|'sending'|'queued'|'limited'|'late'|'sent'|'failed', delivery?: string, at?: Date | null, message?: string, stored?: boolean}} NoticeView */
/** @typedef {{id: number, phase: 'loading'|'ready'|'failed', ticket: Ticket | null, messages: import('./wire.js').Message[], deciding: number[], error: string, notice: string, unasked: boolean}} Conversation */

/** @type {List} */
export const emptyList = { phase: 'loading', tickets: [], next: '', total: 0, query: '', newest: 0, fresh: [], complete: true, error: '' };
/** @type {Conversation} */
export const emptyConversation = { id: 0, phase: 'loading', ticket: null, messages: [], deciding: [], error: '', notice: '', unasked: false };

/** 'starting' until the server said who we are. @type {Signal<'starting'|'login'|'ready'>} */
export const phase = signal('starting');
/** @type {Signal<import('./wire.js').Session | null>} */
export const session = signal(null);
/** False from the first call without an answer to the next one with. */
export const online = signal(true);
/** @type {Signal<import('./bridgewire.js').Bridge | null>} */
export const bridge = signal(null);
/** The last wish to deliver parked messages again. @type {Signal<import('./bridge.js').Retry>} */
export const retry = signal({ phase: 'idle', keys: [], heard: 0, message: '' });
/** What is shown to pair a phone, and the step that is under way. @type {Signal<import('./bridge.js').Pair>} */
export const pair = signal({ pairing: null, at: 0, step: '', error: '' });
/** The panel was empty when this browser first saw it, and nobody has closed the word on that. */
export const welcome = signal(false);
/** Tickets per status, '' for all; null until known. @type {Signal<Record<string, number> | null>} */
export const summary = signal(null);
/** @type {Signal<List>} */
export const list = signal(emptyList);
/** What came since the list was first seen, apart so that no row waits for anything else of the list. */
export const fresh = computed(() => list.value.fresh);
/** @type {Signal<Conversation>} */
export const conversation = signal(emptyConversation);
/** Clicks on "Notificar recibido" that are not over, by ticket. @type {Signal<Record<number, Attempt>>} */
export const attempts = signal({});
/** Unsent replies by ticket. @type {Signal<Record<number, string>>} */
export const drafts = signal({});
/** @type {Signal<{pictures: string[], index: number} | null>} */
export const lightbox = signal(null);
export const helpOpen = signal(false);
/** What the live region says. */
export const announcement = signal('');
/** Milliseconds; moves so that "hace 5 min" stays true. */
export const now = signal(0);
/** Whether the server tells by itself what changes. @type {Signal<boolean>} */
export const live = signal(false);
/** Whether there is room for a conversation beside the list. */
export const wide = signal(false);
/** Numbers of the tickets that were picked to be changed together. @type {Signal<number[]>} */
export const picked = signal([]);
/** Those who may have tickets. @type {Signal<import('./wire.js').Person[]>} */
export const people = signal([]);
/** Saved filters. @type {Signal<import('./listwire.js').View[]>} */
export const views = signal([]);
/** What was just done, and how to undo it. @type {Signal<{text: string, undo: (() => void) | null} | null>} */
export const toast = signal(null);
/** How this browser tells of new tickets. */
export const alerts = signal({ sound: false, notices: false, open: false });
/** Where the list was left, and whether all of it was there. */
export const place = { scroll: 0, ticket: 0, whole: false };

/**
 * The list after its newest page was fetched again: what the page covers is
 * replaced, what is older stays. Tickets never seen before are fresh.
 * @param {List} old @param {Page} page
 * @returns {List}
 */
export function refreshed(old, page) {
  const oldest = page.next ? page.tickets.at(-1)?.id ?? Infinity : 0;
  const tail = old.tickets.filter((ticket) => ticket.id < oldest);
  const known = new Map(old.tickets.map((ticket) => [ticket.id, ticket]));
  const tickets = [...page.tickets.map((ticket) => kept(known.get(ticket.id), ticket)), ...tail];
  const added = old.phase !== 'ready' ? [] : page.tickets.filter((ticket) => ticket.id > old.newest).map((ticket) => ticket.id);
  return {
    ...old, phase: 'ready', error: '', tickets, fresh: kept(old.fresh, added), total: page.total, next: tail.length ? old.next : page.next, complete: page.complete ?? true,
    newest: Math.max(old.newest, tickets[0]?.id ?? 0),
  };
}

/** The list with an older page below. @param {List} old @param {Page} page @returns {List} */
export function extended(old, page) {
  const known = new Set(old.tickets.map((ticket) => ticket.id));
  return { ...old, tickets: [...old.tickets, ...page.tickets.filter((ticket) => !known.has(ticket.id))], next: page.next, total: page.total };
}

/** The list with one ticket changed; a ticket that is not in it changes nothing. @param {List} old @param {Ticket} ticket @returns {List} */
export function withTicket(old, ticket) {
  return { ...old, tickets: old.tickets.map((known) => (known.id === ticket.id ? kept(known, ticket) : known)) };
}

/** @param {Notice | null} notice */
export function stamp(notice) {
  return notice?.at?.getTime() ?? 0;
}

/** Whether a person's word makes a notice that is there already go. @param {Notice | null} notice */
export function revivable(notice) {
  return notice !== null && notice.id > 0 && ['limited', 'confirm', 'failed'].includes(notice.delivery);
}

/**
 * What "Notificar recibido" shows. A failed attempt counts only until the
 * server knows of a later notice.
 * @param {Notice | null} notice @param {Attempt | undefined} attempt
 * @returns {NoticeView}
 */
export function noticeView(notice, attempt) {
  if (attempt?.phase === 'sending' || attempt?.phase === 'confirm') return { kind: attempt.phase };
  if (attempt?.phase === 'failed' && attempt.before === stamp(notice)) return { kind: 'failed', message: attempt.message };
  if (!notice || notice.delivery === 'discarded') return { kind: 'idle' };
  const { reason: message } = notice;
  if (notice.delivery === 'queued' || notice.delivery === 'limited') return { kind: notice.delivery, message };
  if (notice.delivery === 'confirm') return { kind: 'late', message };
  if (notice.delivery === 'failed') return { kind: 'failed', message, stored: notice.id > 0 };
  return { kind: 'sent', delivery: notice.delivery, at: notice.at };
}

/**
 * Statuses a person may choose next, the likeliest first.
 * @param {import('./wire.js').Status} status
 * @returns {import('./wire.js').Status[]}
 */
export function nextStatuses(status) {
  if (status === 'resolved') return ['in_progress'];
  /** @type {import('./wire.js').Status[]} */
  const open = ['resolved', 'waiting', 'in_progress'];
  return open.filter((next) => next !== status);
}

/** @type {import('./wire.js').Role[]} */
const roles = ['reader', 'agent', 'admin'];

/** Whether somebody may do what takes at least role. @param {import('./wire.js').Session | null} session @param {import('./wire.js').Role} role */
export function may(session, role) {
  return session !== null && roles.indexOf(session.role) >= roles.indexOf(role);
}
