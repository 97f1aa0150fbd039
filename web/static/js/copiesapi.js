// @ts-check
/** The part of api.js about copies of everything. */
import { base, call } from './api.js';
import * as wire from './copieswire.js';

export const copies = {
  state: async () => wire.copies(await call('GET', `${base}/copias`)),

  /** Begins one now. */
  make: async () => wire.copies(await call('POST', `${base}/copias`)),

  /** Where a browser downloads one. @param {string} name */
  link: (name) => `${base}/copias/${encodeURIComponent(name)}`,
};
