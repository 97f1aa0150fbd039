// @ts-check
/** Pure: which key does what. */

/** @typedef {'next'|'previous'|'reply'|'note'|'back'|'help'|'search'|'select'} Command */

/** @type {Record<string, Command>} */
const commands = { j: 'next', k: 'previous', r: 'reply', n: 'note', Escape: 'back', '?': 'help', '/': 'search', x: 'select' };

/**
 * The command of a key press, null when it belongs to what has the focus: a
 * field keeps its letters, an open dialog keeps everything.
 * @param {{key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean}} event
 * @param {{typing: boolean, dialog: boolean}} where
 * @returns {Command | null}
 */
export function command(event, where) {
  if (where.dialog || event.ctrlKey || event.metaKey || event.altKey) return null;
  if (where.typing && event.key !== 'Escape') return null;
  return commands[event.key] ?? null;
}

/**
 * The index to move to in a list of count rows; the first row when none is current.
 * @param {number} current -1 for none @param {number} count @param {'next'|'previous'} direction
 */
export function step(current, count, direction) {
  if (current < 0) return 0;
  return Math.min(Math.max(current + (direction === 'next' ? 1 : -1), 0), count - 1);
}
