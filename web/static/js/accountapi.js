// @ts-check
/** The part of api.js about people, their access and the audit log. */
import * as wire from './accountwire.js';
import { base, call } from './api.js';

const own = `${base}/yo`;

export const access = {
  /** @param {string} token of a link */
  invitation: async (token) => wire.invited(await call('POST', '/invitacion', { token })),

  /** Uses a link up and gives the name to log in with. @param {string} token @param {string} name @param {string} password */
  accept: async (token, name, password) => String((await call('POST', '/invitacion/aceptar', { token, usuario: name, clave: password }))?.usuario ?? ''),

  /** @param {string} current @param {string} next */
  changePassword: (current, next) => call('PUT', `${own}/clave`, { actual: current, nueva: next }),

  sessions: async () => wire.sessions(await call('GET', `${own}/sesiones`)),

  /** @param {string} id */
  endSession: (id) => call('DELETE', `${own}/sesiones/${encodeURIComponent(id)}`),

  endOtherSessions: () => call('DELETE', `${own}/sesiones`),

  factor: async () => wire.factor(await call('GET', `${own}/segundo-factor`)),

  prepareFactor: async () => wire.newFactor(await call('POST', `${own}/segundo-factor/preparar`)),

  /** Gives the recovery codes. @param {string} password @param {string} secret @param {string} code */
  enableFactor: async (password, secret, code) => wire.codes(await call('POST', `${own}/segundo-factor`, { clave: password, secreto: secret, codigo: code })),

  /** @param {string} password @param {string} code */
  disableFactor: (password, code) => call('POST', `${own}/segundo-factor/quitar`, { clave: password, codigo: code }),

  /** @param {string} password */
  renewCodes: async (password) => wire.codes(await call('POST', `${own}/segundo-factor/codigos`, { clave: password })),

  tokens: async () => wire.tokens(await call('GET', `${own}/tokens`)),

  /** Gives the secret. @param {string} name @param {string} role @param {number} days 0: until it is revoked */
  createToken: async (name, role, days) => String((await call('POST', `${own}/tokens`, { nombre: name, rol: wire.roleWord(role), dias: days }))?.secreto ?? ''),

  /** @param {number} id */
  revokeToken: (id) => call('DELETE', `${own}/tokens/${id}`),

  users: async () => wire.users(await call('GET', `${base}/usuarios`)),

  /** @param {string} name @param {string} password @param {string} role */
  createUser: (name, password, role) => call('POST', `${base}/usuarios`, { usuario: name, clave: password, rol: wire.roleWord(role) }),

  /** @param {number} id @param {string} role */
  setRole: (id, role) => call('PATCH', `${base}/usuarios/${id}`, { rol: wire.roleWord(role) }),

  /** @param {number} id @param {boolean} active */
  setActive: (id, active) => call('PATCH', `${base}/usuarios/${id}`, { activo: active }),

  /** @param {number} id */
  resetFactor: (id) => call('DELETE', `${base}/usuarios/${id}/segundo-factor`),

  /** Gives the link, whole. @param {number} id */
  resetLink: async (id) => whole(await call('POST', `${base}/usuarios/${id}/enlace`)),

  invitations: async () => wire.invitations(await call('GET', `${base}/invitaciones`)),

  /** Gives the link, whole. @param {string} note @param {string} role */
  invite: async (note, role) => whole(await call('POST', `${base}/invitaciones`, { para: note, rol: wire.roleWord(role) })),

  /** @param {number} id */
  revokeInvitation: (id) => call('DELETE', `${base}/invitaciones/${id}`),

  /** One page, newest first. @param {{kind: string, user: number, before?: string}} filter */
  async acts({ kind, user, before }) {
    const query = new URLSearchParams({ limite: '50' });
    if (kind) query.set('tipo', kind);
    if (user) query.set('usuario', String(user));
    if (before) query.set('antes', before);
    return wire.acts(await call('GET', `${base}/auditoria?${query}`));
  },
};

/** The server knows only the end of its own address. @param {any} link */
function whole(link) {
  return location.origin + String(link?.ruta ?? '');
}
