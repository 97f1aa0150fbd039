// @ts-check
/** Pure: the way from an empty panel to the first answer. */

/** @typedef {import('./bridgewire.js').Bridge} Bridge */
/** @typedef {'server'|'laptop'|'phone'|'message'|'answer'} StepName */
/** @typedef {{name: StepName, phase: 'done'|'now'|'later'}} Step */

/** @type {StepName[]} */
const names = ['server', 'laptop', 'phone', 'message', 'answer'];

/**
 * The steps as they really stand: the first that is not done is the one to take now.
 * @param {{bridge: Bridge | null, tickets: number, answered: boolean}} known
 * @returns {Step[]}
 */
export function steps({ bridge, tickets, answered }) {
  const connected = bridge?.connected === true;
  /** @type {Record<StepName, boolean>} */
  const done = { server: true, laptop: bridge?.reachable === true, phone: connected, message: tickets > 0, answer: answered };
  const now = names.find((name) => !done[name]);
  return names.map((name) => ({ name, phase: done[name] ? 'done' : name === now ? 'now' : 'later' }));
}

/** Whether an address reaches only the computer it is opened on. @param {string} hostname */
export function onlyHere(hostname) {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}

/** Whether a ticket shows that somebody has answered from here. @param {import('./wire.js').Ticket} ticket */
export function isAnswered({ status, notice }) {
  return status !== 'pending' || (notice !== null && ['sent', 'delivered', 'read'].includes(notice.delivery));
}
