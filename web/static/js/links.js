// @ts-check
/** Pure: finds the links in a message. Only http and https ever become links. */

/** @typedef {{text: string, url?: string}} Piece */

const candidate = /\bhttps?:\/\/[^\s<>"'`\\^{|}\u0000-\u001f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gi;
const trailing = /[.,;:!?¿¡…»”’*_~]+$/;

/**
 * Splits text into pieces whose texts joined are text again; those with a url
 * are links. A URL with a user name in it, the trick of
 * https://banco.example@malo.example, stays text.
 * @param {string} text
 * @returns {Piece[]}
 */
export function linkify(text) {
  /** @type {Piece[]} */
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(candidate)) {
    const shown = trimmed(match[0]);
    const url = safeURL(shown);
    if (!url) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: shown, url });
    end = match.index + shown.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

/** Drops punctuation that belongs to the sentence. @param {string} found */
function trimmed(found) {
  let text = found.replace(trailing, '');
  while (/[)\]]$/.test(text) && count(text, text.at(-1)) > count(text, text.at(-1) === ')' ? '(' : '[')) {
    text = text.slice(0, -1).replace(trailing, '');
  }
  return text;
}

/** @param {string} text @param {string | undefined} char */
function count(text, char) {
  return text.split(char ?? '').length - 1;
}

/** @param {string} text @returns {string | undefined} */
function safeURL(text) {
  try {
    const url = new URL(text);
    const web = url.protocol === 'http:' || url.protocol === 'https:';
    return web && !url.username && !url.password ? url.href : undefined;
  } catch {
    return undefined;
  }
}
