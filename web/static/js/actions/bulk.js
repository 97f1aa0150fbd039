// @ts-check
/** Changing many tickets together, and taking it back. */
import { api } from '../api.js';
import { t } from '../i18n.js';
import { toggled } from '../listing.js';
import * as state from '../state.js';
import { change, guard, sentence } from './guard.js';
import { refreshTickets } from './list.js';
import { say } from './toast.js';

/** @typedef {{status?: string, priority?: string, category?: string, assignee?: number}} Change */

/** Picks a ticket, or puts it back. @param {number} id */
export function toggle(id) {
  state.picked.value = toggled(state.picked.value, id);
}

/** Picks every ticket that is shown, or none. @param {boolean} on */
export function pickAll(on) {
  state.picked.value = on ? state.list.value.tickets.slice(0, 500).map((ticket) => ticket.id) : [];
}

/** Changes what is picked. @param {Change} what */
export async function changePicked(what) {
  const ids = state.picked.value;
  if (!ids.length) return;
  try {
    const before = await change(() => api.changeMany(ids, what));
    state.picked.value = [];
    say(t('bulk.done', { count: before.length }), before.length ? () => undo(what, before) : null);
  } catch (cause) {
    say(sentence(cause), null);
  }
  await refreshTickets();
}

/** Gives tickets back what they had. @param {Change} what @param {import('../listwire.js').Before[]} before */
async function undo(what, before) {
  try {
    say(t('bulk.undone', { count: await restore(what, before) }), null);
  } catch (cause) {
    say(sentence(cause), null);
  }
  await refreshTickets();
}

/**
 * A category that was learned from is unlearned; all else is set again, in as few
 * steps as there are different values.
 * @param {Change} what @param {import('../listwire.js').Before[]} before @returns {Promise<number>} how many tickets have what they had
 */
async function restore(what, before) {
  const [field] = /** @type {(keyof Change)[]} */ (Object.keys(what));
  const learned = before.filter(({ correction }) => field === 'category' && correction);
  const others = before.filter((ticket) => !learned.includes(ticket));
  const undone = learned.length ? await change(() => api.undoMany(learned)) : 0;
  for (const [value, tickets] of Map.groupBy(others, (ticket) => ticket[field])) {
    await change(() => api.changeMany(tickets.map(({ id }) => id), { [field]: value }));
  }
  return undone + others.length;
}

/** Fetches who may have tickets. */
export async function loadPeople() {
  try {
    state.people.value = await guard(api.people);
  } catch {
    // Tickets cannot be assigned until the next time.
  }
}
