// @ts-check
/** Pure: the server's JSON about people and their access into the panel's own shapes. */
import { list, pick, text, time } from './wire.js';

/** @typedef {import('./wire.js').Role} Role */
/**
 * @typedef {{id: number, name: string, role: Role, active: boolean, temporary: boolean, factor: boolean, createdAt: Date | null, lastLogin: Date | null}} User
 * @typedef {{id: number, user: string, role: Role, note: string, expiresAt: Date | null}} Invitation
 * @typedef {{business: string, user: string, role: Role, expiresAt: Date | null}} Invited
 * @typedef {{id: string, current: boolean, agent: string, address: string, since: Date | null, seen: Date | null}} Session
 * @typedef {{id: number, name: string, role: Role, createdAt: Date | null, expiresAt: Date | null, usedAt: Date | null}} Token
 * @typedef {{on: boolean, codes: number}} Factor
 * @typedef {{secret: string, url: string, picture: string}} NewFactor
 * @typedef {{id: number, at: Date | null, user: string, action: string, object: string, details: Record<string, any>}} Act
 */

/** @type {Record<string, Role>} */
const roles = { lectura: 'reader', agente: 'agent', administrador: 'admin' };

/** The server's word for a role. @param {string} role */
export function roleWord(role) {
  return Object.keys(roles).find((word) => roles[word] === role) ?? '';
}

/** @param {any} v @returns {User} */
export function user(v) {
  return {
    id: Number(v.id), name: text(v.usuario), role: pick(roles, v.rol, 'reader'), active: v.activo === true, temporary: v.clave_provisional === true,
    factor: v.segundo_factor === true, createdAt: time(v.creado), lastLogin: time(v.ultimo_acceso),
  };
}

/** @param {any} v @returns {User[]} */
export function users(v) {
  return list(v?.usuarios).map(user);
}

/** @param {any} v @returns {Invitation} */
function invitation(v) {
  return { id: Number(v.id), user: text(v.usuario), role: pick(roles, v.rol, 'reader'), note: text(v.para), expiresAt: time(v.vence) };
}

/** @param {any} v @returns {Invitation[]} */
export function invitations(v) {
  return list(v?.invitaciones).map(invitation);
}

/** What a link is good for. @param {any} v @returns {Invited} */
export function invited(v) {
  return { business: text(v.negocio), user: text(v.usuario), role: pick(roles, v.rol, 'reader'), expiresAt: time(v.vence) };
}

/** @param {any} v @returns {Session[]} */
export function sessions(v) {
  return list(v?.sesiones).map((one) => ({
    id: text(one.id), current: one.actual === true, agent: text(one.navegador), address: text(one.direccion), since: time(one.desde), seen: time(one.visto),
  }));
}

/** @param {any} v @returns {Token[]} */
export function tokens(v) {
  return list(v?.tokens).map((one) => ({
    id: Number(one.id), name: text(one.nombre), role: pick(roles, one.rol, 'reader'), createdAt: time(one.creado), expiresAt: time(one.vence), usedAt: time(one.usado),
  }));
}

/** @param {any} v @returns {Factor} */
export function factor(v) {
  return { on: v.activo === true, codes: Number(v.codigos_restantes) || 0 };
}

/** The picture is a data URL of nothing but base64. @param {any} v @returns {NewFactor} */
export function newFactor(v) {
  const picture = /^[A-Za-z0-9+/=]+$/.test(text(v.qr)) ? `data:image/png;base64,${v.qr}` : '';
  return { secret: text(v.secreto), url: text(v.enlace), picture };
}

/** @param {any} v @returns {string[]} */
export function codes(v) {
  return list(v?.codigos).map(text);
}

/** @param {any} v @returns {{acts: Act[], next: string}} */
export function acts(v) {
  return {
    acts: list(v?.eventos).map((one) => ({
      id: Number(one.id), at: time(one.fecha), user: text(one.usuario), action: text(one.accion), object: text(one.objeto), details: one.detalles ?? {},
    })),
    next: text(v?.siguiente),
  };
}
