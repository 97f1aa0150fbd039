// @ts-check
/** What is done with the ticket of the open conversation, and what is known beside it. */
import { convapi } from '../convapi.js';
import { t } from '../i18n.js';
import { device } from '../shelf.js';
import * as state from '../state.js';
import * as talk from '../talk.js';
import { complain, refresh } from './conversation.js';
import { change, guard, latest, sentence } from './guard.js';

const asideKey = 'mostrador.ficha';

/** Fetches who may have tickets, and the canned replies. @param {boolean} room for the customer's card beside the conversation */
export async function prepare(room) {
  talk.aside.value = room && device.get(asideKey) !== 'no';
  const [people, canned] = await Promise.allSettled([guard(convapi.people), guard(convapi.canned)]);
  if (people.status === 'fulfilled') talk.people.value = people.value;
  if (canned.status === 'fulfilled') talk.canned.value = canned.value;
}

/** Fetches the customer's other tickets. */
export async function findOthers() {
  const { id } = state.conversation.value;
  const { contact } = talk.extra.value;
  if (!id || !contact) return;
  try {
    const all = await latest(() => convapi.ticketsOf(contact));
    if (state.conversation.value.id === id) talk.others.value = all.filter((ticket) => ticket.id !== id);
  } catch {
    // The conversation is worth more than what stands beside it.
  }
}

/** Shows or hides what stands beside the conversation, here and from now on. @param {boolean} shown */
export function showAside(shown) {
  talk.aside.value = shown;
  device.put(asideKey, shown ? 'si' : 'no');
}

/** @param {number} id @param {{priority?: string, assignee?: number}} what */
export async function changeTicket(id, what) {
  try {
    await change(() => convapi.changeTicket(id, what));
    state.announcement.value = t('desk.changed');
  } catch (cause) {
    complain(id, sentence(cause));
  }
  await refresh();
}

/** Moves everything of another ticket into the open one. @param {number} source */
export async function merge(source) {
  const { id } = state.conversation.value;
  talk.question.value = null;
  try {
    talk.joined.value = await change(() => convapi.merge(source, id));
    state.announcement.value = t('desk.merged', { source });
  } catch (cause) {
    complain(id, sentence(cause));
  }
  await Promise.all([refresh(), findOthers()]);
}

/** Parts the tickets that were joined last. */
export async function undoMerge() {
  const { id } = state.conversation.value;
  const move = talk.joined.value;
  if (!move) return;
  talk.joined.value = null;
  try {
    await change(() => convapi.undoMerge(move.id));
    state.announcement.value = t('desk.parted', { source: move.source });
  } catch (cause) {
    complain(id, sentence(cause));
  }
  await Promise.all([refresh(), findOthers()]);
}

/** Moves what follows a message to a new ticket. @param {number} message @returns {Promise<number>} the new ticket, 0 for none */
export async function split(message) {
  const { id } = state.conversation.value;
  talk.question.value = null;
  try {
    const { target } = await change(() => convapi.split(id, message));
    state.announcement.value = t('desk.split', { target });
    return target;
  } catch (cause) {
    complain(id, sentence(cause));
    return 0;
  }
}
