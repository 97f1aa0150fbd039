// @ts-check
/** The bridge's state, and what can be asked of it. */
import { api } from '../api.js';
import { t } from '../i18n.js';
import * as state from '../state.js';
import { change, latest, sentence } from './guard.js';

/** Fetches the bridge's state again. */
export async function refresh() {
  try {
    state.bridge.value = await latest(api.bridge);
  } catch {
    // It stays as it was; the banner says that the server is away.
  }
}

/** Has parked messages delivered again, all of them without keys. Repeating it does no harm. @param {string[]} keys */
export async function retryParked(keys) {
  const before = state.retry.value;
  if (before.phase === 'sending') return;
  const heard = state.bridge.value?.heard?.getTime() ?? 0;
  state.retry.value = { phase: 'sending', keys, heard, message: '' };
  try {
    const count = await change(() => api.retryParked(keys));
    const again = keys.length && before.phase === 'done' && before.heard === heard ? before.keys : [];
    const message = count > 0 ? t('tray.done', { count }) : t('tray.nothing');
    state.retry.value = { phase: 'done', keys: [...again, ...keys], heard, message };
  } catch (cause) {
    state.retry.value = { phase: 'failed', keys, heard, message: sentence(cause) };
  }
  await refresh();
}

/** Takes the result of the last wish off the page. */
export function forgetRetry() {
  state.retry.value = { ...state.retry.value, message: '' };
}
