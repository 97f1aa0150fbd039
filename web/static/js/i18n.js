// @ts-check
/** Texts of the panel. Keys are English dotted names; a missing key shows itself. */

/** @typedef {Record<string, string | Record<string, string>>} Catalogue */

/** js/boot.js has chosen it; node has no page. */
const locale = globalThis.document?.documentElement.lang || 'es';
const plurals = new Intl.PluralRules(locale);
/** @type {Catalogue} */
let catalogue = {};

/** Replaces the texts; call it before the first render. @param {Catalogue} texts */
export function use(texts) {
  catalogue = texts;
}

/** @returns {string} the language texts and dates are written in */
export function language() {
  return locale;
}

/**
 * The text for key, with {name} replaced by params.name. A text with plural
 * forms is chosen by params.count.
 * @param {string} key
 * @param {Record<string, string | number>} [params]
 * @returns {string}
 */
export function t(key, params = {}) {
  const entry = catalogue[key];
  if (entry === undefined) return key;
  const text = typeof entry === 'string' ? entry : pluralForm(entry, Number(params.count));
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

/** @param {Record<string, string>} forms @param {number} count */
function pluralForm(forms, count) {
  return forms[plurals.select(count)] ?? forms.other;
}
