// @ts-check
/** Pure: what is being written to a customer. Nothing here touches page or network. */

/** @typedef {import('./convwire.js').Canned} Canned */

/**
 * A canned reply with its variables filled in. One that is not known goes, with
 * the blank before it: "Hola {nombre}," becomes "Hola,".
 * @param {string} text @param {{name: string, ticket: number, business: string}} values
 */
export function fillIn(text, { name, ticket, business }) {
  /** @type {Record<string, string>} */
  const known = { nombre: firstName(name), ticket: String(ticket), negocio: business };
  return text.replace(/([ \t]?)\{(nombre|ticket|negocio)\}/g, (_, blank, word) => (known[word] ? blank + known[word] : ''));
}

/** @param {string} name */
function firstName(name) {
  return name.trim().split(/\s+/)[0] ?? '';
}

/**
 * The canned reply that is being looked for: what follows a slash at the caret,
 * if it stands at the beginning or after a blank.
 * @param {string} text @param {number} caret
 * @returns {{from: number, query: string} | null}
 */
export function slash(text, caret) {
  const found = /(?:^|\s)\/([\p{L}\p{N}_-]*)$/u.exec(text.slice(0, caret));
  return found ? { from: caret - found[1].length - 1, query: found[1] } : null;
}

/** Text as it is compared: without case and accents. @param {string} text */
function folded(text) {
  return text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
}

/** The canned replies that a query means, those whose shortcut it begins first. @param {Canned[]} all @param {string} query */
export function matching(all, query) {
  const wanted = folded(query);
  const rank = (/** @type {Canned} */ canned) => {
    if (folded(canned.shortcut).startsWith(wanted)) return 0;
    if (folded(canned.title).includes(wanted)) return 1;
    return folded(canned.text).includes(wanted) ? 2 : 3;
  };
  return all.map((canned) => ({ canned, at: rank(canned) })).filter(({ at }) => at < 3)
    .sort((a, b) => a.at - b.at).map(({ canned }) => canned).slice(0, 8);
}

/** Text with piece in place of what is between from and to, and where the caret is then. @param {string} text @param {number} from @param {number} to @param {string} piece */
export function replaced(text, from, to, piece) {
  return { text: text.slice(0, from) + piece + text.slice(to), caret: from + piece.length };
}

/** The most that a file may have, in bytes. */
export const largest = 16_000_000;

/** Whether the browser can show a preview of a file. @param {{type: string}} file */
export function shows(file) {
  return /^image\/(jpeg|png|webp|gif)$/.test(file.type);
}
