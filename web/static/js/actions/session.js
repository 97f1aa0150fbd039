// @ts-check
/** Who is at the counter. */
import { Problem, api } from '../api.js';
import { language } from '../i18n.js';
import * as state from '../state.js';
import { forgetDrafts, restoreDrafts } from './drafts.js';
import { guard, sentence } from './guard.js';
import { tellLanguage } from './preferences.js';
import { say } from './toast.js';

/** Asks the server who we are. Without an answer the phase stays as it is. */
export async function identify() {
  const before = state.session.value?.id;
  try {
    state.session.value = await guard(api.session);
    if (before && state.session.value.id !== before) return forget(); // somebody else logged in where a session had ended
    restoreDrafts(state.session.value.id);
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
      say(sentence(cause), null);
      return;
    }
  }
  forget();
}

/** Begins anew, so that nothing is left of what somebody saw, wrote or chose. */
function forget() {
  forgetDrafts();
  location.reload();
}
