// @ts-check
/** Pure: the server's JSON, whose keys are Spanish, into the panel's own shapes. With api.js, the only place that knows it. */
import { said } from './said.js';
import { verdict } from './verdictwire.js';

/** @typedef {'pending'|'in_progress'|'waiting'|'resolved'} Status */
/** @typedef {''|'queued'|'limited'|'confirm'|'sent'|'delivered'|'read'|'failed'|'discarded'} Delivery */
/** @typedef {{id: number, name: string}} Person */
/** Why a search brought a ticket. @typedef {{by: 'number'|'message'|'contact', snippet: {text: string, hit: boolean}[]}} Found */
/** @typedef {{id: number, delivery: Delivery, at: Date | null, reason: string}} Notice */
/**
 * @typedef {{id: number, title: string, text: string, status: Status, category: string, source: string, words: string[], priority: string,
 *   name: string, phone: string, hidden: boolean, group: boolean, photo: string | null, unread: number,
 *   createdAt: Date | null, updatedAt: Date | null, notice: Notice | null, stuck: number, assignee: Person | null, found: Found | null, verdict: import('./verdictwire.js').Verdict}} Ticket
 * @typedef {{url: string | null, name: string, mime: string, size: number, state: string, reason: string}} Attachment
 * @typedef {{id: number, direction: string, kind: string, text: string, original: string, transcription: string, author: string, waId: string,
 *   refersTo: string, fromPhone: boolean, delivery: Delivery, reason: string, at: Date | null, editedAt: Date | null,
 *   deletedAt: Date | null, files: Attachment[]}} Message
 * @typedef {'reader'|'agent'|'admin'} Role
 * @typedef {{id: number, user: string, role: Role, business: string, zone: string, language: string, login: boolean, drafts: boolean, notice: string, gaveUp: number}} Session
 */

/** @type {Record<string, Status>} */
export const statuses = { pendiente: 'pending', en_proceso: 'in_progress', esperando_cliente: 'waiting', resuelto: 'resolved' };
/** @type {Record<string, Delivery>} */
const deliveries = {
  en_cola: 'queued', limitado: 'limited', por_confirmar: 'confirm', enviado: 'sent', entregado: 'delivered', leido: 'read', fallo: 'failed',
  descartado: 'discarded',
};
/** @type {Record<string, string>} */
const directions = { entrada: 'in', salida: 'out', nota: 'note', evento: 'event' };
/** @type {Record<string, string>} */
const kinds = {
  texto: 'text', imagen: 'image', audio: 'audio', nota_de_voz: 'voice', video: 'video', documento: 'document',
  sticker: 'sticker', ubicacion: 'location', contacto: 'contact', edicion: 'edit', borrado: 'deletion',
  reaccion: 'reaction', ilegible: 'unreadable',
};
/** @type {Record<string, string>} */
export const priorities = { urgente: 'urgent', alta: 'high', normal: 'normal', baja: 'low' };
/** @type {Record<string, Role>} */
const roles = { lectura: 'reader', agente: 'agent', administrador: 'admin' };
/** @type {Record<string, string>} */
const sources = { reglas: 'rules', modelo: 'model', llm: 'llm', persona: 'person' };
/** @type {Record<string, string>} */
const fileStates = { guardado: 'stored', pendiente: 'pending', no_disponible: 'unavailable' };

/** The server's word for a status. @param {string} status */
export function statusWord(status) {
  return Object.keys(statuses).find((word) => statuses[word] === status) ?? '';
}

/** @param {any} v @returns {Ticket} */
export function ticket(v) {
  return {
    id: Number(v.id), title: text(v.titulo), text: text(v.descripcion), status: pick(statuses, v.estado, 'pending'),
    category: text(v.categoria), source: pick(sources, v.fuente, ''), words: list(v.palabras).map(text), priority: pick(priorities, v.prioridad, 'normal'),
    name: text(v.nombre), phone: text(v.telefono), hidden: v.numero_oculto === true, group: v.grupo === true,
    photo: photoPath(v.foto_path), unread: Number(v.sin_leer) || 0,
    createdAt: time(v.fecha), updatedAt: time(v.actualizado), notice: v.aviso ? notice(v.aviso) : null,
    stuck: Number(v.por_decidir) || 0, assignee: v.asignado ? person(v.asignado) : null, found: v.hallado_en ? found(v) : null, verdict: verdict(v),
  };
}

/** @param {any} v @returns {Person} */
export function person(v) {
  return { id: Number(v.id) || 0, name: text(v.nombre) };
}

/** @param {any} v @returns {Found} */
function found(v) {
  return {
    by: pick(/** @type {Record<string, Found['by']>} */ ({ numero: 'number', cliente: 'contact' }), v.hallado_en, 'message'),
    snippet: list(v.fragmento).map((piece) => ({ text: text(piece.texto), hit: piece.hallado === true })),
  };
}

/** @param {any} v @returns {Notice} */
function notice(v) {
  return { id: Number(v.id) || 0, delivery: pick(deliveries, v.estado, ''), at: time(v.fecha), reason: said(text(v.motivo)) };
}

/** @param {any} v @returns {Message} */
export function message(v) {
  return {
    id: Number(v.id), direction: pick(directions, v.direccion, 'event'), kind: pick(kinds, v.tipo, 'other'), text: event(v) ? said(text(v.texto)) : text(v.texto),
    original: text(v.texto_original), transcription: text(v.transcripcion), author: text(v.autor), waId: text(v.wa_id), refersTo: text(v.responde_a),
    fromPhone: v.desde_telefono === true, delivery: pick(deliveries, v.entrega, ''), reason: said(text(v.motivo)), at: time(v.fecha),
    editedAt: time(v.editado), deletedAt: time(v.borrado), files: list(v.archivos).map(attachment),
  };
}

/** Whether the server itself wrote a message's text. */
const event = (/** @type {any} */ v) => v.direccion === 'evento' && !Object.hasOwn(kinds, v.tipo);

/** @param {any} v @returns {Attachment} */
function attachment(v) {
  return {
    url: photoPath(v.url), name: text(v.nombre), mime: text(v.mime), size: Number(v.tamano) || 0,
    state: pick(fileStates, v.estado, 'unavailable'), reason: said(text(v.motivo)),
  };
}

/** Tickets per status, and in all. @param {any} v @returns {Record<string, number>} */
export function summary(v) {
  /** @type {Record<string, number>} */
  const counts = { '': Number(v.total) || 0 };
  for (const [word, status] of Object.entries(statuses)) counts[status] = Number(v[word]) || 0;
  return counts;
}

/** @param {any} v @returns {Session} */
export function session(v) {
  return {
    id: Number(v.id) || 0, user: text(v.usuario), role: pick(roles, v.rol, 'reader'), business: text(v.negocio) || 'Mostrador', login: v.login !== false,
    drafts: v.redacta === true, notice: text(v.aviso_recibido), gaveUp: Number(v.canales_apagados) || 0, zone: text(v.zona_horaria), language: text(v.idioma),
  };
}

/** A stored file's path; anything that is not one of ours is no file. @param {unknown} v */
export function photoPath(v) {
  return typeof v === 'string' && /^\/fotos\/[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(v) ? v : null;
}

/**
 * What table says of a word; a word it does not have, "toString" included, is fallback.
 * @template T
 * @param {Record<string, T>} table @param {unknown} word @param {T} fallback
 * @returns {T}
 */
export function pick(table, word, fallback) {
  return typeof word === 'string' && Object.hasOwn(table, word) ? table[word] : fallback;
}

/** @param {unknown} v */
export function text(v) {
  return typeof v === 'string' ? v : '';
}

/** @param {unknown} v @returns {any[]} */
export function list(v) {
  return Array.isArray(v) ? v : [];
}

/** @param {unknown} v @returns {Date | null} */
export function time(v) {
  const date = typeof v === 'string' ? new Date(v) : null;
  return date && !Number.isNaN(date.getTime()) ? date : null;
}
