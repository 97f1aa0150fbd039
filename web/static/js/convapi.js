// @ts-check
/** The part of api.js that conversations use. */
import { Problem, base, call } from './api.js';
import * as conv from './convwire.js';
import * as wire from './wire.js';

/** What goes with a reply. @typedef {{key: string, quote: string, first: boolean}} Manner */

/** @param {Manner} manner */
function manners({ key, quote, first }) {
  return { clave: key, ...(quote ? { responde_a: quote } : {}), ...(first ? { escribir_primero: true } : {}) };
}

export const convapi = {
  /** The ticket and its messages, oldest first. @param {number} id */
  async conversation(id) {
    const answer = await call('GET', `${base}/tickets/${id}/conversacion`);
    return { ticket: wire.ticket(answer.ticket), extra: conv.extra(answer.ticket), messages: answer.mensajes.map(wire.message) };
  },

  /** @param {number} id @param {string} text @param {Manner} manner */
  reply: (id, text, manner) => call('POST', `${base}/tickets/${id}/mensajes`, { mensaje: text, ...manners(manner) }),

  /** @param {number} id @param {File} file @param {string} text @param {Manner} manner @param {(share: number) => void} onProgress from 0 to 1 */
  sendFile(id, file, text, manner, onProgress) {
    const form = new FormData();
    for (const [name, value] of Object.entries({ mensaje: text, ...manners(manner) })) form.append(name, String(value));
    form.append('archivo', file, file.name);
    return upload(`${base}/tickets/${id}/archivos`, form, onProgress);
  },

  /** @param {number} id @param {string} text */
  note: (id, text) => call('POST', `${base}/tickets/${id}/notas`, { texto: text }),

  /** @param {number} id @param {{priority?: string, assignee?: number}} change */
  changeTicket: (id, { priority, assignee }) => call('PATCH', `${base}/tickets/${id}`, { prioridad: priority && conv.priorityWord(priority), asignado: assignee }),

  /** @returns {Promise<conv.Person[]>} */
  people: async () => wire.list((await call('GET', `${base}/personas`))?.personas).map(conv.person),

  /** The customer's tickets, the newest first. @param {number} contact @returns {Promise<wire.Ticket[]>} */
  ticketsOf: async (contact) => wire.list((await call('GET', `${base}/tickets?cliente=${contact}&limite=30`))?.tickets).map(wire.ticket),

  /** Moves everything of a ticket into another. @param {number} source @param {number} target */
  merge: async (source, target) => conv.move(await call('POST', `${base}/tickets/${source}/unir`, { con: target })),

  /** @param {number} move */
  undoMerge: async (move) => conv.move(await call('POST', `${base}/uniones/${move}/deshacer`)),

  /** @param {number} id @param {number} message the first that goes to the new ticket */
  split: async (id, message) => conv.move(await call('POST', `${base}/tickets/${id}/separar`, { desde: message })),

  /** @returns {Promise<conv.Canned[]>} */
  canned: async () => wire.list((await call('GET', `${base}/respuestas`))?.respuestas).map(conv.canned),

  /** Adds one without an id, changes the others. @param {conv.Canned} canned */
  saveCanned: ({ id, title, text, shortcut }) => call(id ? 'PUT' : 'POST', `${base}/respuestas${id ? `/${id}` : ''}`, { titulo: title, texto: text, atajo: shortcut }),

  /** @param {number} id */
  deleteCanned: (id) => call('DELETE', `${base}/respuestas/${id}`),

  /** @param {number[]} ids */
  orderCanned: (ids) => call('POST', `${base}/respuestas/orden`, { ids }),
};

/** How long a file may take, in milliseconds. */
const uploadTime = 8 * 60_000;

/** fetch cannot tell how far an upload is. @param {string} path @param {FormData} form @param {(share: number) => void} onProgress @returns {Promise<void>} */
function upload(path, form, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onload = () => (request.status < 300 ? resolve() : reject(new Problem(request.status, request.response)));
    request.onerror = request.onabort = request.ontimeout = () => reject(new Problem(0));
    request.open('POST', path);
    request.responseType = 'json';
    request.timeout = uploadTime;
    request.send(form);
  });
}
