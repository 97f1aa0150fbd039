// @ts-check
/** Reading one conversation and answering in it. */
import { Problem, api } from '../api.js';
import { t } from '../i18n.js';
import * as state from '../state.js';
import { change, latest, sentence } from './guard.js';
import { keepDraft } from './session.js';

/** Shows a ticket's conversation; what the list knows of it is there at once. @param {number} id */
export async function open(id) {
  const ticket = state.list.value.tickets.find((known) => known.id === id) ?? null;
  state.conversation.value = { ...state.emptyConversation, id, ticket };
  await refresh();
}

/** Fetches the open conversation again; does nothing when none is. */
export async function refresh() {
  const { id } = state.conversation.value;
  if (!id) return;
  try {
    const answer = await latest(() => api.conversation(id));
    update(id, { ...answer, phase: 'ready' });
    state.list.value = state.withTicket(state.list.value, answer.ticket);
  } catch (cause) {
    if (state.conversation.value.phase !== 'ready') update(id, { phase: 'failed', error: sentence(cause) });
  }
}

/** Nothing is open any more. */
export function close() {
  state.conversation.value = state.emptyConversation;
}

/**
 * Changes the conversation of a ticket, if it is still the open one.
 * @param {number} id @param {Partial<import('../state.js').Conversation>} change
 */
function update(id, change) {
  if (state.conversation.value.id === id) state.conversation.value = { ...state.conversation.value, ...change };
}

/**
 * Sends a reply. Until the server answers it shows as being sent, and the same
 * text is not sent again; when it was not accepted it returns to the draft.
 * @param {number} id @param {string} text @param {boolean} [first] although the customer has not written
 */
export async function reply(id, text, first = false) {
  const message = text.trim();
  if (!message || state.conversation.value.sending.includes(message)) return;
  if (state.drafts.value[id]?.trim() === message) keepDraft(id, '');
  update(id, { sending: [...state.conversation.value.sending, message], error: '', notice: '', unasked: '' });
  try {
    await change(() => api.reply(id, message, first));
  } catch (cause) {
    if (cause instanceof Problem && cause.queued) {
      update(id, { notice: t('reply.queued', { reason: cause.message }) });
    } else {
      giveBack(id, message, cause);
    }
  }
  await refresh();
  const { sending } = state.conversation.value;
  const index = sending.indexOf(message);
  if (index >= 0) update(id, { sending: sending.toSpliced(index, 1) });
}

/** @param {number} id @param {string} message @param {unknown} cause */
function giveBack(id, message, cause) {
  const draft = state.drafts.value[id]?.trim();
  keepDraft(id, draft ? `${message}\n${draft}` : message);
  const lost = cause instanceof Problem && cause.offline;
  const unasked = cause instanceof Problem && cause.status === 409 ? message : '';
  update(id, { error: lost ? t('reply.uncertain') : sentence(cause), unasked });
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
    else update(id, { error: sentence(cause) });
  }
  await refresh();
  update(id, { deciding: state.conversation.value.deciding.filter((other) => other !== message) });
}
