// @ts-check
/** Pure: the server's JSON about what came in during some days into the panel's shape. */
import { list, text } from './wire.js';

/**
 * Days are of the calendar, as 2026-11-27; how long an answer took is in milliseconds, null when nobody had one.
 * @typedef {{tickets: number, before: number, answered: number, resolved: number, firstAnswer: number | null,
 *   days: {day: string, tickets: number}[], hours: number[], categories: {name: string, tickets: number}[]}} Report
 */

/** @param {any} v @returns {Report} */
export function report(v) {
  return {
    tickets: number(v.tickets), before: number(v.antes), answered: number(v.contestados), resolved: number(v.resueltos),
    firstAnswer: v.primera_respuesta_segundos === undefined ? null : number(v.primera_respuesta_segundos) * 1000,
    days: list(v.dias).map((one) => ({ day: text(one.dia), tickets: number(one.tickets) })),
    hours: list(v.horas).map(number),
    categories: list(v.categorias).map((one) => ({ name: text(one.categoria), tickets: number(one.tickets) })),
  };
}

/** @param {unknown} v */
function number(v) {
  return Number(v) || 0;
}
