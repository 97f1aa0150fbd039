// @ts-check
/** Pure: what an event on the line to the server means, and when to call again after the line broke. */

/** @typedef {{kind: string, ticket: number, version: number, data: any}} Event */

/** @type {Record<string, string>} */
const kinds = { hola: 'hello', todo: 'all', latido: 'beat', nuevo: 'opened', mensaje: 'message', ticket: 'ticket', puente: 'bridge' };

/** The server's message; null for nonsense. Kinds that are not known keep the server's word. @param {unknown} data @returns {Event | null} */
export function event(data) {
  try {
    const v = JSON.parse(String(data));
    if (typeof v?.tipo !== 'string' || !Number.isSafeInteger(v.version)) return null;
    return { kind: Object.hasOwn(kinds, v.tipo) ? kinds[v.tipo] : v.tipo, ticket: Number(v.ticket) || 0, version: v.version, data: v.datos ?? null };
  } catch {
    return null;
  }
}

/** Whether something was missed between the version known and the next event. @param {number} known @param {Event} next */
export function missed(known, next) {
  if (next.kind === 'beat') return next.version !== known;
  return next.kind === 'all' || (next.kind !== 'hello' && next.version !== known + 1);
}

const shortest = 500;
const longest = 30_000;

/**
 * How long to wait before the next attempt, in milliseconds: longer each time,
 * and never the same for all panels that lost the server at once.
 * @param {number} attempt from 0 @param {number} random from 0 to 1
 */
export function pause(attempt, random) {
  const most = Math.min(longest, shortest * 2 ** Math.min(attempt, 10));
  return most / 2 + (random * most) / 2;
}
