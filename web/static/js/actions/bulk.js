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

/** Gives tickets back what they had, in as few steps as there are different values. @param {Change} what @param {import('../listwire.js').Before[]} before */
async function undo(what, before) {
  const [field] = /** @type {(keyof Change)[]} */ (Object.keys(what));
  const groups = Map.groupBy(before, (ticket) => ticket[field]);
  try {
    for (const [value, tickets] of groups) await change(() => api.changeMany(tickets.map(({ id }) => id), { [field]: value }));
    say(t('bulk.undone', { count: before.length }), null);
  } catch (cause) {
    say(sentence(cause), null);
  }
  await refreshTickets();
}

/** Fetches who may have tickets. */
export async function loadPeople() {
  try {
    state.people.value = await guard(api.people);
  } catch {
    // Tickets cannot be assigned until the next time.
  }
}
