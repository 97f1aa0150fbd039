// @ts-check
/** Pure: the server's JSON about conversations and canned replies into the panel's own shapes. */
import { list, text } from './wire.js';

/** @typedef {{id: number, title: string, text: string, shortcut: string}} Canned */
/** @typedef {{id: number, source: number, target: number}} Move */
/** @typedef {{id: number, name: string}} Person */
/** What a conversation knows of its ticket beside what lists do. @typedef {{contact: number, mergedInto: number, assignee: Person | null}} Extra */

/** @param {any} v @returns {Canned} */
export function canned(v) {
  return { id: Number(v.id) || 0, title: text(v.titulo), text: text(v.texto), shortcut: text(v.atajo) };
}

/** @param {any} v @returns {Move} */
export function move(v) {
  return { id: Number(v?.id) || 0, source: Number(v?.origen) || 0, target: Number(v?.destino) || 0 };
}

/** @param {any} v @returns {Extra} */
export function extra(v) {
  return { contact: Number(v.cliente_id) || 0, mergedInto: Number(v.unido_a) || 0, assignee: v.asignado ? person(v.asignado) : null };
}

/** @param {any} v @returns {Person} */
export function person(v) {
  return { id: Number(v.id) || 0, name: text(v.nombre) };
}

/** Those who look at a ticket. @param {unknown} v @returns {(Person & {typing: boolean})[]} */
export function present(v) {
  return list(v).map((one) => ({ ...person(one), typing: one?.escribiendo === true }));
}

/** @type {Record<string, string>} */
const priorities = { urgent: 'urgente', high: 'alta', normal: 'normal', low: 'baja' };

/** The server's word for a priority. @param {string} priority */
export function priorityWord(priority) {
  return priorities[priority] ?? '';
}
