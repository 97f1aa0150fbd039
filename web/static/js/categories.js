// @ts-check
/** What the panel knows of categories, and the pure steps from one list of them to the next. */
import { signal } from '@preact/signals-core';

/** @typedef {import('./learnwire.js').Category} Category */
/** @template T @typedef {import('@preact/signals-core').Signal<T>} Signal */

/** Null until known. @type {Signal<Category[] | null>} */
export const categories = signal(null);
/** @type {Signal<import('./learnwire.js').Classifier | null>} */
export const classifier = signal(null);
/** What went wrong in the settings. */
export const problem = signal('');

/** Those a ticket may get, in their order. @param {Category[] | null} all */
export function usable(all) {
  return (all ?? []).filter((one) => !one.archived);
}

/** The colour of a category, '' for one that has none. @param {Category[] | null} all @param {string} name */
export function colorOf(all, name) {
  return all?.find((one) => one.name === name)?.color ?? '';
}

/**
 * All ids once a category has changed places with the next shown one above (-1) or below (1).
 * @param {Category[]} all @param {number} id @param {-1 | 1} by
 */
export function moved(all, id, by) {
  const ids = all.map((one) => one.id);
  const shown = usable(all).map((one) => one.id);
  const other = shown[shown.indexOf(id) + by];
  if (!shown.includes(id) || other === undefined) return ids;
  return ids.map((one) => (one === id ? other : one === other ? id : one));
}

/** Lines of a text field: one entry each, without blank ones. @param {string} value */
export function entries(value) {
  return value.split('\n').map((line) => line.trim()).filter(Boolean);
}

/** Keywords of a text field, which commas divide too. @param {string} value */
export function keywords(value) {
  return value.split(/[\n,]/).map((word) => word.trim()).filter(Boolean);
}
