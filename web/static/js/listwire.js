// @ts-check
/** Pure: what the server says of many tickets, views and changes, into the panel's own shapes. */
import { list, pick, priorities, statuses, text, ticket } from './wire.js';

/** @typedef {{id: number, name: string, query: string, shared: boolean}} View */
/** What a ticket was before it was changed with others. @typedef {{id: number, status: string, priority: string, category: string, assignee: number, correction: number}} Before */

/** A total of -1 is not known. @param {any} v @returns {{tickets: import('./wire.js').Ticket[], next: string, total: number, complete: boolean}} */
export function page(v) {
  return { tickets: list(v.tickets).map(ticket), next: text(v.siguiente), total: Number(v.total ?? -1), complete: v.completo !== false };
}

/** The server's word for a priority. @param {string} priority */
export function priorityWord(priority) {
  return Object.keys(priorities).find((word) => priorities[word] === priority) ?? '';
}

/** @param {any} v @returns {View} */
export function view(v) {
  return { id: Number(v.id), name: text(v.nombre), query: text(v.filtro), shared: v.compartida === true };
}

/** @param {any} v @returns {Before} */
export function before(v) {
  return {
    id: Number(v.id), status: pick(statuses, v.estado, 'pending'), priority: pick(priorities, v.prioridad, 'normal'), category: text(v.categoria), assignee: Number(v.asignado) || 0,
    correction: Number(v.correccion) || 0,
  };
}
