// @ts-check
/** Pure: notices that leave the panel, from the server's JSON into the panel's shapes and back. */
import { said } from './said.js';
import { list, pick, text, time } from './wire.js';

/**
 * @typedef {{events: string[], from: string, to: string, urgent: boolean}} Wishes
 * @typedef {{language: string, push: boolean, detail: boolean, wait: number}} Rules
 * @typedef {'address'|'browser'|'webhook'} Kind
 * @typedef {{id: number, kind: Kind, name: string, address: string, events: string[], user: number, on: boolean, gaveUp: boolean,
 *   lastOK: Date | null, lastError: Date | null, reason: string}} Channel
 * @typedef {Wishes & Rules & {channels: Channel[]}} Notices
 * @typedef {Wishes & {push: boolean, key: string, channels: Channel[]}} Own
 */

/** What people, and what programs may hear of. */
export const forPeople = ['ticket.creado', 'ticket.espera', 'mensaje.fallo', 'puente.problema', 'puente.recuperado'];
export const forPrograms = [...forPeople, 'ticket.cambiado', 'mensaje.recibido'];

/** @type {Record<string, Kind>} */
const kinds = { direccion: 'address', navegador: 'browser', webhook: 'webhook' };

/** @param {any} v @returns {Channel} */
export function channel(v) {
  return {
    id: Number(v.id), kind: pick(kinds, v.tipo, 'address'), name: text(v.nombre), address: text(v.direccion), events: list(v.eventos).map(text), user: Number(v.de) || 0,
    on: v.activo === true, gaveUp: v.desistio === true, lastOK: time(v.ultimo_exito), lastError: time(v.ultimo_fallo), reason: said(text(v.motivo)),
  };
}

/** @param {any} v @returns {Wishes} */
function wishes(v) {
  return { events: list(v.eventos).map(text), from: text(v.silencio_desde), to: text(v.silencio_hasta), urgent: v.urgentes === true };
}

/** @param {any} v @returns {Notices} */
export function notices(v) {
  return { ...wishes(v), language: text(v.idioma) || 'es', push: v.navegadores === true, detail: v.detalle === true, wait: Number(v.espera_minutos) || 0, channels: list(v.canales).map(channel) };
}

/** @param {any} v @returns {Own} */
export function own(v) {
  return { ...wishes(v), push: v.navegadores === true, key: text(v.clave), channels: list(v.canales).map(channel) };
}

/** @param {Wishes} w */
export function wishesBody(w) {
  return { eventos: w.events, silencio_desde: w.from, silencio_hasta: w.to, urgentes: w.urgent };
}

/** @param {Wishes & Rules} n */
export function noticesBody(n) {
  return { ...wishesBody(n), idioma: n.language, navegadores: n.push, detalle: n.detail, espera_minutos: n.wait };
}
