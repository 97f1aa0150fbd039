// @ts-check
/** What the language model writes for a ticket. */
import { base, call } from './api.js';
import { text } from './wire.js';

export const drafts = {
  /** A reply to edit. @param {number} id */
  suggest: async (id) => text((await call('POST', `${base}/tickets/${id}/sugerencia`))?.texto),

  /** What a conversation is about. @param {number} id */
  summarise: async (id) => text((await call('POST', `${base}/tickets/${id}/resumen`))?.texto),
};
