// @ts-check
/** Pure: customers and settings, from the server's JSON into the panel's shapes and back. */
import { list, text, time } from './wire.js';

/**
 * @typedef {{id: number, name: string, own: string, given: string, phone: string, hidden: boolean, group: boolean, blocked: Date | null,
 *   first: Date | null, last: Date | null, tickets: number}} Customer
 * @typedef {{id: number, author: string, text: string, at: Date | null}} Note
 * @typedef {Customer & {groups: {id: number, name: string}[], notes: Note[]}} CustomerPage
 * @typedef {{from: string, to: string}} Span
 * @typedef {{tickets: number, photos: number, log: number}} Keep
 * @typedef {{name: string, zone: string, hours: Span[][], received: string, away: boolean, awayText: string, window: number, keep: Keep}} Settings
 */

/** The server's words for the days, from Monday on. */
const days = ['lunes', 'martes', 'miercoles', 'jueves', 'viernes', 'sabado', 'domingo'];

/** @param {any} v @returns {Customer} */
export function customer(v) {
  return {
    id: Number(v.id), name: text(v.nombre), own: text(v.nombre_whatsapp), given: text(v.nombre_propio), phone: text(v.telefono),
    hidden: v.numero_oculto === true, group: v.grupo === true, blocked: time(v.bloqueado), first: time(v.primera_vez), last: time(v.ultima_vez),
    tickets: Number(v.tickets) || 0,
  };
}

/** @param {any} v @returns {{customers: Customer[], next: string}} */
export function customers(v) {
  return { customers: list(v.clientes).map(customer), next: text(v.siguiente) };
}

/** @param {any} v @returns {CustomerPage} */
export function customerPage(v) {
  return {
    ...customer(v),
    groups: list(v.grupos).map((g) => ({ id: Number(g.id), name: text(g.nombre) })),
    notes: list(v.notas).map((n) => ({ id: Number(n.id), author: text(n.autor), text: text(n.texto), at: time(n.fecha) })),
  };
}

/** @param {any} v @returns {Settings} */
export function settings(v) {
  const named = new Map(list(v.horario).map((day) => [text(day.dia), list(day.tramos).map((s) => ({ from: text(s.desde), to: text(s.hasta) }))]));
  return {
    name: text(v.negocio), zone: text(v.zona_horaria), hours: days.map((day) => named.get(day) ?? []), received: text(v.aviso_recibido),
    away: v.fuera_de_horario?.activo === true, awayText: text(v.fuera_de_horario?.texto), window: Number(v.ventana_horas) || 0,
    keep: keep(v.conservar),
  };
}

/** @param {any} v @returns {Keep} */
function keep(v) {
  return { tickets: Number(v?.tickets_dias) || 0, photos: Number(v?.fotos_dias) || 0, log: Number(v?.registro_dias) || 0 };
}

/** How much would be deleted. @param {any} v @returns {Keep} */
export function expired(v) {
  return { tickets: Number(v.tickets) || 0, photos: Number(v.fotos) || 0, log: Number(v.registro) || 0 };
}

/** What of the settings changes, as the server reads it. @param {Partial<Settings>} s */
export function settingsBody(s) {
  return {
    negocio: s.name, zona_horaria: s.zone, aviso_recibido: s.received, ventana_horas: s.window,
    horario: s.hours?.map((spans, i) => ({ dia: days[i], tramos: spans.map((span) => ({ desde: span.from, hasta: span.to })) })).filter((day) => day.tramos.length),
    fuera_de_horario: s.away === undefined ? undefined : { activo: s.away, texto: s.awayText ?? '' },
    conservar: s.keep && { tickets_dias: s.keep.tickets, fotos_dias: s.keep.photos, registro_dias: s.keep.log },
  };
}
