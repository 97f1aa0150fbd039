// @ts-check
/** Asking the language model for drafts. What it writes waits for a person: nothing here sends anything. */
import { drafting, idle } from '../drafting.js';
import { drafts } from '../draftingapi.js';
import { t } from '../i18n.js';
import * as state from '../state.js';
import { guard, sentence } from './guard.js';
import { keepDraft } from './drafts.js';

/**
 * Changes what is shown of the model's work on a ticket, unless another ticket's
 * has taken its place.
 * @param {number} id @param {Partial<import('../drafting.js').Drafting>} change
 */
function update(id, change) {
  if (drafting.value.id === id) drafting.value = { ...drafting.value, ...change };
}

/** @param {number} id @param {'suggesting'|'summarising'} busy @param {() => Promise<string>} ask */
async function work(id, busy, ask) {
  const known = drafting.value.id === id ? drafting.value : { ...idle, id };
  if (known.busy) return '';
  drafting.value = { ...known, busy, error: '', notice: '', suggestion: '' };
  try {
    return await guard(ask);
  } catch (cause) {
    update(id, { error: sentence(cause) });
    return '';
  } finally {
    update(id, { busy: '' });
  }
}

/** Puts a suggested reply where a person edits it; over a draft of theirs only when they say so. @param {number} id */
export async function suggest(id) {
  const text = await work(id, 'suggesting', () => drafts.suggest(id));
  if (!text) return;
  if (!state.drafts.value[id]?.trim()) return accept(id, text);
  update(id, { suggestion: text });
  state.announcement.value = t('assist.offered');
}

/** @param {number} id @param {string} text */
export function accept(id, text) {
  keepDraft(id, text);
  update(id, { suggestion: '', notice: t('assist.filled') });
  state.announcement.value = t('assist.filled');
}

/** The person's own draft stays. @param {number} id */
export function decline(id) {
  update(id, { suggestion: '' });
}

/** @param {number} id */
export async function summarise(id) {
  const text = await work(id, 'summarising', () => drafts.summarise(id));
  if (!text) return;
  update(id, { summary: text });
  state.announcement.value = t('assist.summarised');
}

/** @param {number} id */
export function closeSummary(id) {
  update(id, { summary: '' });
}
