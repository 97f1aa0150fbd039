// @ts-check
/** What people do with categories, and with what the classifier learns. */
import { categories, classifier, problem } from '../categories.js';
import { t } from '../i18n.js';
import { api } from '../learnapi.js';
import { change, guard, sentence } from './guard.js';
import { showTicket } from './ticket.js';
import { say } from './toast.js';

/** The fetch under way: every row of a list asks at the same moment. @type {Promise<void> | null} */
let fetching = null;
/** Whether what is known is only names and colours. */
let brief = true;

/** Fetches the names and colours of the categories, once. */
export async function loadCategories() {
  if (categories.value) return;
  fetching ??= fetchCategories(true).finally(() => { fetching = null; });
  await fetching;
}

/** Fetches all that is to be known of the categories; until then nothing is. */
export async function loadWholeCategories() {
  problem.value = '';
  if (brief) categories.value = null;
  await fetchCategories(false);
}

/** @param {boolean} only names and colours */
async function fetchCategories(only) {
  try {
    const found = await guard(() => (only ? api.briefCategories() : api.categories()));
    if (only && categories.value) return; // the whole came meanwhile
    categories.value = found;
    brief = only;
  } catch (cause) {
    problem.value = sentence(cause);
  }
}

/** Fetches how the classifier stands; while it learns, again in a moment. */
export async function loadClassifier() {
  try {
    classifier.value = await guard(() => api.classifier());
    if (!classifier.value.current) setTimeout(loadClassifier, 1500);
  } catch (cause) {
    problem.value = sentence(cause);
  }
}

/** A person says what a ticket is about. @param {number} id @param {string} name @returns {Promise<boolean>} whether the server took it */
export async function setCategory(id, name) {
  try {
    const { ticket, correction, changed } = await change(() => api.setCategory(id, name));
    showTicket(ticket);
    say(t(changed ? 'category.corrected' : 'category.confirmed', { id, name }), correction ? () => undo(id, correction) : null);
    return true;
  } catch (cause) {
    say(sentence(cause), null);
    return false;
  }
}

/** Takes a correction back. @param {number} id of the ticket @param {number} correction */
async function undo(id, correction) {
  try {
    showTicket(await change(() => api.undoCategory(id, correction)));
    say(t('category.undone'), null);
  } catch (cause) {
    say(sentence(cause), null);
  }
}

/**
 * Adds a category, or changes the one with an id; says whether that worked.
 * @param {number} id 0 for a new one @param {Partial<import('../learnwire.js').Category>} fields
 */
export async function save(id, fields) {
  return attempt(async () => {
    await api.saveCategory(id, fields);
    categories.value = await api.categories();
  });
}

/** @param {number[]} ids */
export function order(ids) {
  return attempt(async () => {
    categories.value = await api.orderCategories(ids);
  });
}

/** @param {string} template */
export function useTemplate(template) {
  return attempt(async () => {
    categories.value = await api.useTemplate(template);
  });
}

/** @param {import('../learnwire.js').Wish} wish */
export function teach(wish) {
  return attempt(async () => {
    classifier.value = await api.teach(wish);
  });
}

/** Does what changes the settings, and says below them what went wrong. @param {() => Promise<void>} work */
async function attempt(work) {
  problem.value = '';
  try {
    await change(work);
    await loadClassifier();
    return true;
  } catch (cause) {
    problem.value = sentence(cause);
    classifier.value = classifier.value && { ...classifier.value }; // drawn anew: a switch must not stay where it was refused
    return false;
  }
}
