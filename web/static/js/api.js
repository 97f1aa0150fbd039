// @ts-check
/** Talks to the server. The only file that knows its URLs. */
import * as wire from './wire.js';
import { bridge } from './bridgewire.js';
import { parameters, table } from './filter.js';
import * as lists from './listwire.js';
import { language } from './i18n.js';
import { known, said } from './said.js';

const patience = 15_000;
/** Where the server's JSON is. */
export const base = '/api/v1';

/** What went wrong, with the server's sentence when it sent one. */
export class Problem extends Error {
  /** @param {number} status 0 when no answer came @param {any} [body] */
  constructor(status, body = {}) {
    super(typeof body?.detail === 'string' ? said(body.detail) : '');
    this.status = status;
    /** The sentence is in the reader's language. */
    this.clear = typeof body?.detail === 'string' && (language() === 'es' || known(body.detail));
    /** The server's word for what went wrong, the same in every language. */
    this.code = typeof body?.codigo === 'string' ? body.codigo : '';
    /** The server stored the reply and sends it by itself. */
    this.queued = body?.en_cola === true;
    /** What a login asks for next. */
    this.missing = typeof body?.falta === 'string' ? body.falta : '';
    /** No answer, or one that is not the server's: a proxy in front of nothing. */
    this.offline = status === 0 || (status >= 502 && typeof body?.detail !== 'string');
  }
}

/**
 * @param {string} method @param {string} path @param {unknown} [body]
 * @returns {Promise<any>} the answer's JSON, null without any
 */
export async function call(method, path, body) {
  const response = await reach(path, {
    method,
    headers: body === undefined ? { Accept: 'application/json' } : { Accept: 'application/json', 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: 'same-origin',
    signal: AbortSignal.timeout(patience),
  });
  const text = await response.text().catch(() => '');
  const answer = text ? parse(text) : null;
  if (!response.ok) throw new Problem(response.status, answer);
  if (answer === undefined) throw new Problem(0); // a page where a network asks to log in, say
  return answer;
}

/** What js/boot.js has asked for, by path. @type {Map<string, Promise<Response | null>>} */
const asked = /** @type {any} */ (globalThis).asked ?? new Map();

/** @param {string} path @param {RequestInit} options */
async function reach(path, options) {
  const answer = asked.get(path);
  asked.delete(path); // old by the next time
  const early = await answer;
  if (early?.ok) return early;
  try {
    return await fetch(path, options);
  } catch {
    throw new Problem(0);
  }
}

/** The value, undefined for what is no JSON. @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const api = {
  session: async () => wire.session(await call('GET', `${base}/yo`)),

  /** Says in which language notices to whoever is logged in are written. @param {string} language */
  setLanguage: (language) => call('PUT', `${base}/yo/idioma`, { idioma: language }),

  /** @param {{name: string, password: string, code?: string, next?: string}} said */
  logIn: ({ name, password, code, next }) => call('POST', '/entrar', { usuario: name, clave: password, codigo: code, clave_nueva: next }),

  logOut: () => call('POST', '/salir'),

  /** One page, newest first; of a search when the filter has a text. @param {import('./filter.js').Filter} filter @param {{before?: string, limit: number}} page */
  async tickets(filter, { before, limit }) {
    const query = parameters(filter);
    query.set('limite', String(limit));
    if (before) query.set('antes', before);
    return lists.page(await call('GET', `${base}/${filter.text.trim() ? 'buscar' : 'tickets'}?${query}`));
  },

  /** Where a browser downloads a table of all tickets of a filter. @param {import('./filter.js').Filter} filter */
  tableLink: (filter) => `${base}/tickets/tabla?${table(filter)}`,

  /**
   * Changes many tickets at once and returns what they were.
   * @param {number[]} ids @param {{status?: string, priority?: string, category?: string, assignee?: number}} change
   * @returns {Promise<lists.Before[]>}
   */
  async changeMany(ids, { status, priority, category, assignee }) {
    const body = { tickets: ids, estado: status && wire.statusWord(status), prioridad: priority && lists.priorityWord(priority), categoria: category, asignado: assignee };
    return (await call('POST', `${base}/tickets/lote`, body)).antes.map(lists.before);
  },

  /** Takes back what a change of many taught. @param {lists.Before[]} before @returns {Promise<number>} how many still were as changed */
  undoMany: async (before) => Number((await call('POST', `${base}/tickets/lote/deshacer`, { correcciones: before.map(({ id, correction }) => ({ id, correccion: correction })) })).deshechos) || 0,

  /** Those who may have tickets. @returns {Promise<wire.Person[]>} */
  people: async () => (await call('GET', `${base}/personas`)).personas.map(wire.person),

  /** @returns {Promise<lists.View[]>} */
  views: async () => (await call('GET', `${base}/vistas`)).vistas.map(lists.view),

  /** @param {string} name @param {string} query @param {boolean} shared @returns {Promise<lists.View>} */
  saveView: async (name, query, shared) => lists.view(await call('POST', `${base}/vistas`, { nombre: name, filtro: query, compartida: shared })),

  /** @param {number} id */
  deleteView: (id) => call('DELETE', `${base}/vistas/${id}`),

  /** A line on which the server says what changed. */
  events: () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${base}/eventos`),

  summary: async () => wire.summary(await call('GET', `${base}/tickets/resumen`)),

  /** @param {number} id */
  ticket: async (id) => wire.ticket(await call('GET', `${base}/tickets/${id}`)),

  /** Sends "Notificar recibido". @param {number} id */
  notify: (id) => call('POST', `${base}/tickets/${id}/aviso`),

  /** Sends a reply that failed or is held back. @param {number} id @param {number} message */
  retry: (id, message) => call('POST', `${base}/tickets/${id}/mensajes/${message}/reintentar`),

  /** Takes a reply back that has not gone. @param {number} id @param {number} message */
  discard: (id, message) => call('POST', `${base}/tickets/${id}/mensajes/${message}/descartar`),

  /** @param {number} id @param {string} status */
  setStatus: async (id, status) => wire.ticket(await call('PATCH', `${base}/tickets/${id}`, { estado: wire.statusWord(status) })),

  bridge: async () => bridge(await call('GET', `${base}/puente`)),

  /** Has the laptop deliver parked messages again, all of them without keys. @param {string[]} keys @returns {Promise<number>} how many */
  retryParked: async (keys) => Number((await call('POST', `${base}/puente/reintentar`, { claves: keys }))?.reintentados) || 0,
};
