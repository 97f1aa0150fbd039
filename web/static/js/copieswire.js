// @ts-check
/** Pure: the server's JSON about copies of everything into the panel's shape. */
import { list, pick, text, time } from './wire.js';

/**
 * @typedef {'database'|'packing'|'checking'} Step
 * @typedef {{since: Date | null, step: Step, done: number, total: number}} Work
 * @typedef {{name: string, at: Date | null, size: number, checked: boolean}} Copy
 * @typedef {{mode: 'on'|'off'|'postgres', place: string, encrypted: boolean, next: Date | null, last: Date | null, late: boolean,
 *   work: Work | null, failure: string, failedAt: Date | null, copies: Copy[]}} Copies
 */

/** @type {Record<string, Copies['mode']>} */
const modes = { activo: 'on', apagado: 'off', postgresql: 'postgres' };
/** @type {Record<string, Step>} */
const steps = { base_de_datos: 'database', guardando: 'packing', comprobando: 'checking' };

/** @param {any} v @returns {Copies} */
export function copies(v) {
  return {
    mode: pick(modes, v.modo, 'off'), place: text(v.destino), encrypted: v.cifrado === true, next: time(v.siguiente), last: time(v.ultimo),
    late: v.atrasado === true, work: v.haciendo ? work(v.haciendo) : null, failure: text(v.error), failedAt: time(v.error_fecha),
    copies: list(v.copias).map((c) => ({ name: text(c.nombre), at: time(c.fecha), size: Number(c.tamano) || 0, checked: c.comprobado === true })),
  };
}

/** @param {any} v @returns {Work} */
function work(v) {
  return { since: time(v.desde), step: pick(steps, v.paso, 'database'), done: Number(v.hecho) || 0, total: Number(v.total) || 0 };
}
