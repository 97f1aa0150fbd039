// @ts-check
/** The part of api.js about customers and settings. */
import { base, call } from './api.js';
import * as wire from './shopwire.js';
import { page } from './listwire.js';

/** @param {number} id */
const one = (id) => `${base}/clientes/${id}`;

export const shop = {
  /** One page of customers, the newest first. @param {{search: string, blocked: boolean, before?: string}} query */
  async customers({ search, blocked, before }) {
    const query = new URLSearchParams({ limite: '50' });
    if (search) query.set('buscar', search);
    if (blocked) query.set('bloqueados', 'true');
    if (before) query.set('antes', before);
    return wire.customers(await call('GET', `${base}/clientes?${query}`));
  },

  /** @param {number} id */
  customer: async (id) => wire.customerPage(await call('GET', one(id))),

  /** @param {number} id @param {string} [before] */
  history: async (id, before) => page(await call('GET', `${one(id)}/tickets${before ? `?antes=${encodeURIComponent(before)}` : ''}`)),

  /** The shop's name for somebody; '' for WhatsApp's. @param {number} id @param {string} name */
  rename: async (id, name) => wire.customerPage(await call('PATCH', one(id), { nombre_propio: name })),

  /** @param {number} id @param {boolean} blocked */
  block: async (id, blocked) => wire.customerPage(await call('PATCH', one(id), { bloqueado: blocked })),

  /** @param {number} id @param {string} text */
  addNote: async (id, text) => wire.customerPage(await call('POST', `${one(id)}/notas`, { texto: text })),

  /** @param {number} id @param {number} note */
  deleteNote: async (id, note) => wire.customerPage(await call('DELETE', `${one(id)}/notas/${note}`)),

  /** Makes one of two. @param {number} id @param {number} other who is gone afterwards */
  merge: async (id, other) => wire.customerPage(await call('POST', `${one(id)}/unir`, { con: other })),

  /** @param {number} id */
  erase: (id) => call('DELETE', one(id)),

  /** Where a browser downloads everything of somebody. @param {number} id */
  exportLink: (id) => `${one(id)}/exportar`,

  settings: async () => wire.settings(await call('GET', `${base}/ajustes`)),

  /** @param {Partial<wire.Settings>} changed */
  changeSettings: async (changed) => wire.settings(await call('PATCH', `${base}/ajustes`, wire.settingsBody(changed))),

  /** How much would be deleted today. @param {wire.Keep} keep */
  expired: async ({ tickets, photos, log }) => wire.expired(await call('GET', `${base}/ajustes/limpieza?tickets_dias=${tickets}&fotos_dias=${photos}&registro_dias=${log}`)),
};
