// @ts-check
/** Who is at the counter. */
import { Problem, api } from '../api.js';
import { language } from '../i18n.js';
import * as state from '../state.js';
import { guard, sentence } from './guard.js';
import { tellLanguage } from './preferences.js';

const draftsKey = 'mostrador.borradores';

/** Asks the server who we are. Without an answer the phase stays as it is. */
export async function identify() {
  const before = state.session.value?.id;
  try {
    state.session.value = await guard(api.session);
    if (before && state.session.value.id !== before) return forget(); // somebody else logged in where a session had ended
    state.phase.value = 'ready';
    if (!state.session.value.language && language() !== 'es') await tellLanguage(language().slice(0, 2)); // as their browser has it
  } catch (cause) {
    if (cause instanceof Problem && cause.status === 401) state.phase.value = 'login';
  }
}

/**
 * Logs in. @param {{name: string, password: string, code?: string, next?: string}} said
 * @returns {Promise<{error: string, missing: string}>} a sentence saying why not, empty on success, and what to ask for next
 */
export async function logIn(said) {
  try {
    await guard(() => api.logIn(said));
  } catch (cause) {
    return { error: sentence(cause), missing: cause instanceof Problem ? cause.missing : '' };
  }
  await identify();
  return { error: '', missing: '' };
}

/** Ends the session and forgets what it saw. */
export async function logOut() {
  try {
    await guard(api.logOut);
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.status !== 401) {
      state.announcement.value = sentence(cause);
      return;
    }
  }
  forget();
}

/** Begins anew, so that nothing is left of what somebody saw, wrote or chose. */
function forget() {
  sessionStorage.removeItem(draftsKey);
  location.reload();
}

/** Brings back replies that were being written when the page was left. */
export function restoreDrafts() {
  try {
    state.drafts.value = JSON.parse(sessionStorage.getItem(draftsKey) ?? '{}');
  } catch {
    state.drafts.value = {};
  }
}

/** Keeps the reply being written to a ticket. @param {number} id @param {string} text */
export function keepDraft(id, text) {
  const { [id]: _, ...others } = state.drafts.value;
  state.drafts.value = text ? { ...others, [id]: text } : others;
  sessionStorage.setItem(draftsKey, JSON.stringify(state.drafts.value));
}
