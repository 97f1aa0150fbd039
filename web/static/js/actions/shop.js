// @ts-check
/** Customers and settings: what the pages read and change, through read and act of access.js. */
import { shop } from '../shopapi.js';
import { act } from './access.js';
import { identify } from './session.js';

export { shop };

/** Changes settings; the header and every date follow. @param {Partial<import('../shopwire.js').Settings>} changed @returns {Promise<string>} why not, empty on success */
export async function saveSettings(changed) {
  const { error } = await act(() => shop.changeSettings(changed));
  if (!error) await identify();
  return error;
}
