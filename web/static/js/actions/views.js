// @ts-check
/** Saved filters. */
import { api } from '../api.js';
import * as state from '../state.js';
import { say } from './toast.js';
import { change, guard, sentence } from './guard.js';

/** Fetches the saved filters. */
export async function loadViews() {
  try {
    state.views.value = await guard(api.views);
  } catch {
    // They are missed, no more.
  }
}

/** @param {string} name @param {string} query @param {boolean} shared @returns {Promise<string>} a sentence saying why not, empty on success */
export async function saveView(name, query, shared) {
  try {
    await change(() => api.saveView(name, query, shared));
  } catch (cause) {
    return sentence(cause);
  }
  await loadViews();
  return '';
}

/** @param {number} id */
export async function deleteView(id) {
  try {
    await change(() => api.deleteView(id));
  } catch (cause) {
    say(sentence(cause), null);
  }
  await loadViews();
}
