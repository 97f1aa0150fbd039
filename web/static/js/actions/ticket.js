// @ts-check
/** What is done to one ticket: "Notificar recibido" and its status. */
import { Problem, api } from '../api.js';
import { t } from '../i18n.js';
import * as state from '../state.js';
import { complain } from './conversation.js';
import { change, guard, sentence } from './guard.js';

/** @typedef {import('../wire.js').Ticket} Ticket */

/** @param {number} id @param {import('../state.js').Attempt | null} attempt */
function setAttempt(id, attempt) {
  const { [id]: _, ...others } = state.attempts.value;
  state.attempts.value = attempt ? { ...others, [id]: attempt } : others;
}

/** Asks before a second notice. @param {Ticket} ticket */
export function askAgain(ticket) {
  setAttempt(ticket.id, { phase: 'confirm', before: state.stamp(ticket.notice) });
}

/** @param {Ticket} ticket */
export function dontAskAgain(ticket) {
  setAttempt(ticket.id, null);
}

/**
 * Sends "Notificar recibido". When nobody knows whether the last try arrived,
 * the server is asked first, so that the customer does not get it twice.
 * @param {Ticket} ticket
 */
export async function notify(ticket) {
  const { id } = ticket;
  const last = state.attempts.value[id];
  if (last?.phase === 'sending') return;
  const before = state.stamp(ticket.notice);
  setAttempt(id, { phase: 'sending', before });
  try {
    if (last?.uncertain && (await alreadySent(id, before))) return;
    const { notice } = ticket;
    await change(() => (notice && state.revivable(notice) ? api.retry(id, notice.id) : api.notify(id)));
    noticed(id, { id: 0, delivery: 'sent', at: new Date(), reason: '' });
    state.announcement.value = t('notify.announceSent', { id });
  } catch (cause) {
    failed(id, before, cause);
  }
}

/** Takes a notice back that failed or is held back. @param {Ticket} ticket */
export async function discardNotice({ id, notice }) {
  if (!notice || state.attempts.value[id]?.phase === 'sending') return;
  setAttempt(id, { phase: 'sending', before: state.stamp(notice) });
  try {
    await change(() => api.discard(id, notice.id));
    noticed(id, { ...notice, delivery: 'discarded' });
    state.announcement.value = t('decision.discarded');
  } catch (cause) {
    failed(id, state.stamp(notice), cause);
  }
}

/** @param {number} id @param {number} before */
async function alreadySent(id, before) {
  const ticket = await guard(() => api.ticket(id));
  showTicket(ticket);
  const sent = state.stamp(ticket.notice) !== before;
  if (sent) setAttempt(id, null);
  return sent;
}

/** @param {number} id @param {number} before @param {unknown} cause */
function failed(id, before, cause) {
  if (cause instanceof Problem && cause.queued) {
    noticed(id, { id: 0, delivery: 'queued', at: new Date(), reason: cause.message });
    state.announcement.value = t('notify.queued');
    return;
  }
  const uncertain = cause instanceof Problem && cause.offline;
  const message = sentence(cause);
  setAttempt(id, { phase: 'failed', before, uncertain, message });
  state.announcement.value = message;
}

/** Shows a notice before the next refresh brings the server's own. @param {number} id @param {import('../wire.js').Notice} notice */
function noticed(id, notice) {
  setAttempt(id, null);
  const known = state.list.value.tickets.find((ticket) => ticket.id === id);
  if (known) state.list.value = state.withTicket(state.list.value, { ...known, notice });
  const open = state.conversation.value;
  if (open.ticket?.id === id) state.conversation.value = { ...open, ticket: { ...open.ticket, notice } };
}

/** Puts a ticket's new state wherever it is shown. @param {Ticket} ticket */
export function showTicket(ticket) {
  state.list.value = state.withTicket(state.list.value, ticket);
  if (state.conversation.value.id === ticket.id) state.conversation.value = { ...state.conversation.value, ticket };
}

/** @param {number} id @param {string} status */
export async function setStatus(id, status) {
  try {
    showTicket(await change(() => api.setStatus(id, status)));
    state.announcement.value = t('status.changed');
  } catch (cause) {
    complain(id, sentence(cause));
  }
}
