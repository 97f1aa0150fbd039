// @ts-check
/** Keeping the canned replies. */
import { convapi } from '../convapi.js';
import * as talk from '../talk.js';
import { change, latest, sentence } from './guard.js';

/** Fetches them. @returns {Promise<string>} a sentence saying why not, empty on success */
export async function load() {
  try {
    talk.canned.value = await latest(convapi.canned);
    return '';
  } catch (cause) {
    return sentence(cause);
  }
}

/** @param {() => Promise<unknown>} work @returns {Promise<string>} a sentence saying why not, empty on success */
async function keep(work) {
  try {
    await change(work);
  } catch (cause) {
    return sentence(cause);
  }
  return load();
}

/** @param {import('../convwire.js').Canned} canned */
export const save = (canned) => keep(() => convapi.saveCanned(canned));

/** @param {number} id */
export const remove = (id) => keep(() => convapi.deleteCanned(id));

/** Puts one before or after its neighbour. @param {number} id @param {number} by -1 or 1 */
export async function moveBy(id, by) {
  const all = talk.canned.value;
  const at = all.findIndex((canned) => canned.id === id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= all.length) return '';
  const next = all.toSpliced(at, 1).toSpliced(to, 0, all[at]);
  talk.canned.value = next;
  const refusal = await keep(() => convapi.orderCanned(next.map((canned) => canned.id)));
  if (refusal && talk.canned.value === next) talk.canned.value = all;
  return refusal;
}
