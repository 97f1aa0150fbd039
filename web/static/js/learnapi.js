// @ts-check
/** The part of api.js that is about categories and the classifier. */
import { base, call } from './api.js';
import * as learning from './learnwire.js';
import * as wire from './wire.js';

export const api = {
  /** Names and colours of the categories. */
  briefCategories: async () => learning.categories(await call('GET', `${base}/categorias?breve=true`)),

  categories: async () => learning.categories(await call('GET', `${base}/categorias`)),

  /** Adds a category, or changes the one with an id. @param {number} id 0 for a new one @param {Partial<learning.Category>} fields */
  saveCategory: (id, fields) => call(id ? 'PATCH' : 'POST', id ? `${base}/categorias/${id}` : `${base}/categorias`, learning.fields(fields)),

  /** @param {number[]} ids all of them, archived ones too */
  orderCategories: async (ids) => learning.categories(await call('PUT', `${base}/categorias/orden`, { ids })),

  /** @param {string} template */
  useTemplate: async (template) => learning.categories(await call('POST', `${base}/categorias/plantilla`, { plantilla: template })),

  classifier: async () => learning.classifier(await call('GET', `${base}/clasificador`)),

  /** @param {learning.Wish} wish */
  teach: async (wish) => learning.classifier(await call('PATCH', `${base}/clasificador`, learning.wish(wish))),

  /** What a person says a ticket is about. @param {number} id @param {string} name */
  async setCategory(id, name) {
    const answer = await call('POST', `${base}/tickets/${id}/categoria`, { categoria: name });
    return { ticket: wire.ticket(answer.ticket), ...learning.correction(answer) };
  },

  /** @param {number} id @param {number} correction */
  undoCategory: async (id, correction) => wire.ticket(await call('POST', `${base}/tickets/${id}/categoria/${correction}/deshacer`)),
};
