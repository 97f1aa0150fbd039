// @ts-check
/** The part of api.js about notices that leave the panel. */
import { base, call } from './api.js';
import * as wire from './noticewire.js';

const all = `${base}/avisos`;
const mine = `${base}/yo/avisos`;
/** @param {boolean} own @param {number} id */
const one = (own, id) => `${own ? mine : all}/canales/${id}`;

export const notices = {
  business: async () => wire.notices(await call('GET', all)),

  /** @param {wire.Wishes & wire.Rules} now */
  change: async (now) => wire.notices(await call('PUT', all, wire.noticesBody(now))),

  own: async () => wire.own(await call('GET', mine)),

  /** @param {wire.Wishes} now */
  changeOwn: async (now) => wire.own(await call('PUT', mine, wire.wishesBody(now))),

  /** Gives the secret of a webhook, '' for anything else. @param {{kind: string, name: string, address: string, events?: string[], user?: number}} made */
  async add({ kind, name, address, events, user }) {
    return String((await call('POST', `${all}/canales`, { tipo: kind === 'webhook' ? 'webhook' : 'direccion', nombre: name, direccion: address, eventos: events, de: user }))?.secreto ?? '');
  },

  /** @param {number} id @param {{on?: boolean, events?: string[]}} changed */
  changeChannel: async (id, { on, events }) => wire.channel(await call('PATCH', one(false, id), { activo: on, eventos: events })),

  /** @param {boolean} own @param {number} id */
  remove: (own, id) => call('DELETE', one(own, id)),

  /** @param {boolean} own @param {number} id */
  test: async (own, id) => wire.channel(await call('POST', `${one(own, id)}/probar`)),

  /** @param {number} id */
  rotate: async (id) => String((await call('POST', `${one(false, id)}/secreto`))?.secreto ?? ''),

  /** @param {string} name @param {PushSubscriptionJSON} given */
  async addBrowser(name, { endpoint, keys }) {
    return wire.channel(await call('POST', `${mine}/navegador`, { nombre: name, destino: endpoint, p256dh: keys?.p256dh, auth: keys?.auth, origen: location.origin }));
  },
};
