// @ts-check
/** Pure: the server's JSON about the bridge into the panel's shape. */
import { list, pick, text, time } from './wire.js';

/**
 * @typedef {{key: string, name: string, phone: string, hidden: boolean, group: boolean, text: string, reason: string, at: Date | null}} Parked
 * @typedef {{id: number, kind: 'silence'|'whatsapp'|'problem'|'backup', sentence: string, solution: string, since: Date | null}} Alert
 * @typedef {{reachable: boolean, connected: boolean, state: string, reason: string, solution: string, problem: string, laptop: string,
 *   link: 'reverse'|'direct'|'none'|'', linkSince: Date | null, linkNote: string,
 *   heard: Date | null, account: string, version: string, library: string, clock: number | null, startedAt: Date | null,
 *   received: number | null, delivered: number | null, queued: number, oldest: Date | null, files: number, damaged: number,
 *   parked: number, tray: Parked[], replies: number, oldestReply: Date | null, alerts: Alert[]}} Bridge
 * @typedef {{program: string, code: string, seconds: number}} Passkey
 * @typedef {{state: string, reason: string, solution: string, account: string, picture: string, seconds: number, code: string, passkey: Passkey | null}} Pairing
 */

/** @type {Record<string, string>} */
const states = {
  iniciando: 'starting', vinculando: 'pairing', passkey: 'passkey', conectando: 'connecting', conectado: 'connected', degradado: 'degraded',
  limitado: 'limited', sin_espacio: 'full', sesion_cerrada: 'loggedOut', reemplazado: 'replaced', suspendido: 'banned',
  desactualizado: 'outdated', rechazado: 'refused', detenido: 'stopped', sin_configurar: 'unconfigured', inalcanzable: 'unreachable',
};
/** @type {Record<string, Alert['kind']>} */
const kinds = { silencio: 'silence', whatsapp: 'whatsapp', problema: 'problem', respaldo: 'backup' };

/** @type {Record<string, Bridge['link']>} */
const ways = { inverso: 'reverse', directo: 'direct', ninguno: 'none' };

/** @param {any} v @returns {Bridge} */
export function bridge(v) {
  return {
    reachable: v.alcanzable === true, connected: v.alcanzable === true && v.whatsapp === 'conectado', state: pick(states, v.estado, ''),
    reason: text(v.motivo), solution: text(v.solucion), problem: text(v.problema), laptop: text(v.laptop_url),
    link: pick(ways, v.enlace, ''), linkSince: time(v.enlace_desde), linkNote: text(v.enlace_motivo),
    heard: time(v.ultima_senal), account: text(v.cuenta), version: text(v.version), library: text(v.version_whatsmeow),
    clock: known(v.diferencia_reloj), startedAt: time(v.en_marcha_desde), received: known(v.recibidos), delivered: known(v.entregados),
    queued: Number(v.cola_pendiente) || 0, oldest: time(v.cola_mas_antiguo), files: Number(v.cola_archivos) || 0,
    damaged: Number(v.cola_danados) || 0, parked: Number(v.cola_apartados) || 0, tray: list(v.apartados).map(parked),
    replies: Number(v.respuestas_en_cola) || 0, oldestReply: time(v.respuesta_mas_antigua), alerts: list(v.alertas).map(alert),
  };
}

/** @param {any} v @returns {Parked} */
function parked(v) {
  return {
    key: text(v.clave), name: text(v.nombre), phone: text(v.telefono), hidden: v.numero_oculto === true, group: false,
    text: text(v.contenido), reason: text(v.motivo), at: time(v.recibido),
  };
}

/** @param {any} v @returns {Alert} */
function alert(v) {
  return { id: Number(v.id) || 0, kind: pick(kinds, v.tipo, 'problem'), sentence: text(v.mensaje), solution: text(v.solucion), since: time(v.desde) };
}

/** @param {any} v @returns {Pairing} */
export function pairing(v) {
  return {
    state: pick(states, v.estado, ''), reason: text(v.motivo), solution: text(v.solucion), account: text(v.cuenta), picture: picture(v.qr_imagen),
    seconds: Number(v.segundos) || 0, code: text(v.codigo),
    passkey: v.passkey ? { program: text(v.passkey.programa), code: text(v.passkey.codigo), seconds: Number(v.passkey.segundos) || 0 } : null,
  };
}

/** The QR code as an image's address; anything else is none. @param {unknown} v */
function picture(v) {
  return typeof v === 'string' && /^data:image\/png;base64,[A-Za-z0-9+/=]+$/.test(v) ? v : '';
}

/** A number, null where the server does not know it. @param {unknown} v */
function known(v) {
  return typeof v === 'number' && Number.isFinite(v) ? v : null;
}
