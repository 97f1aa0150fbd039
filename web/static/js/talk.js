// @ts-check
/** What the panel knows of the open conversation beside its messages. Nothing here touches page or network. */
import { signal } from '@preact/signals-core';

/** @template T @typedef {import('@preact/signals-core').Signal<T>} Signal */
/** A file that is to be sent; url is its preview, '' without one. @typedef {{key: string, file: File, url: string}} Picked */
/** What is written to one ticket, beside the text. @typedef {{note: boolean, quote: import('./wire.js').Message | null, files: Picked[]}} Composer */
/** What is on its way to the server. @typedef {{ticket: number, key: string, text: string, note: boolean, name: string, url: string, progress: number}} Sending */

/** @type {Composer} */
export const emptyComposer = { note: false, quote: null, files: [] };

/** By ticket. @type {Signal<Record<number, Composer>>} */
export const composers = signal({});
/** @type {Signal<Sending[]>} */
export const sending = signal([]);
/** @type {Signal<import('./convwire.js').Extra>} */
export const extra = signal({ contact: 0, mergedInto: 0, assignee: null });
/** The other tickets of the customer, the newest first; null until known. @type {Signal<import('./wire.js').Ticket[] | null>} */
export const others = signal(null);
/** Those who may have tickets. @type {Signal<import('./convwire.js').Person[]>} */
export const people = signal([]);
/** @type {Signal<import('./convwire.js').Canned[]>} */
export const canned = signal([]);
/** The tickets that were joined last, to take that back. @type {Signal<import('./convwire.js').Move | null>} */
export const joined = signal(null);
/** What somebody is asked to confirm. @type {Signal<{kind: 'merge' | 'split', ticket: number, message: number} | null>} */
export const question = signal(null);
/** Whether what is known of the customer stands beside the conversation. */
export const aside = signal(false);
/** Who else looks at the open ticket. @type {Signal<(import('./convwire.js').Person & {typing: boolean})[]>} */
export const present = signal([]);

/** What is written to a ticket. @param {number} id */
export function composer(id) {
  return composers.value[id] ?? emptyComposer;
}

/** Changes what is written to a ticket. @param {number} id @param {Partial<Composer>} change */
export function compose(id, change) {
  composers.value = { ...composers.value, [id]: { ...composer(id), ...change } };
}

/** The key of a ticket's draft, which notes have apart. @param {number} id @param {boolean} note */
export function draftKey(id, note) {
  return note ? -id : id;
}
