// @ts-check
/** Copies of everything: what the page reads and begins, through read and act of access.js. */
import { copies } from '../copiesapi.js';
import { act } from './access.js';

export { copies };

/** Begins a copy now. @returns {Promise<string>} why not, empty on success */
export async function makeCopy() {
  return (await act(() => copies.make())).error;
}
