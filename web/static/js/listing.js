// @ts-check
/** Pure: steps of the list that only some of it needs. */

/** @typedef {import('./state.js').List} List */
/** @typedef {import('./state.js').Page} Page */

/** The list after a search was made again, whose order is not that of the numbers. @param {List} old @param {Page} page @returns {List} */
export function searched(old, page) {
  const known = new Set(page.tickets.map((ticket) => ticket.id));
  const tail = page.next && old.tickets.length > page.tickets.length ? old.tickets.filter((ticket) => !known.has(ticket.id)) : [];
  return {
    ...old, phase: 'ready', error: '', tickets: [...page.tickets, ...tail], fresh: [], total: -1, next: tail.length ? old.next : page.next,
    complete: page.complete ?? true,
  };
}

/** The numbers picked once one more was picked, or put back. @param {number[]} picked @param {number} id */
export function toggled(picked, id) {
  return picked.includes(id) ? picked.filter((other) => other !== id) : [...picked, id];
}

/** Tickets in groups that are shown, or left out, together. @template T @param {T[]} all @param {number} size @returns {T[][]} */
export function chunks(all, size) {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** Whether there is no ticket at all yet. @param {import('./state.js').List} list */
export function isEmpty({ phase, tickets, next, query }) {
  return phase === 'ready' && tickets.length === 0 && !next && query === '';
}
