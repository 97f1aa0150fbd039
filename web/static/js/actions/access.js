// @ts-check
/** People and their access: each action gives what it got, or the sentence that says why not. */
import { access } from '../accountapi.js';
import { change, guard, sentence } from './guard.js';

/** @template T @typedef {{value: T | null, error: string}} Outcome */

/** Changes something. @template T @param {(api: typeof access) => Promise<T>} work @returns {Promise<Outcome<T>>} */
export async function act(work) {
  try {
    return { value: await change(() => work(access)), error: '' };
  } catch (cause) {
    return { value: null, error: sentence(cause) };
  }
}

/** Reads something. @template T @param {(api: typeof access) => Promise<T>} work @returns {Promise<Outcome<T>>} */
export async function read(work) {
  try {
    return { value: await guard(() => work(access)), error: '' };
  } catch (cause) {
    return { value: null, error: sentence(cause) };
  }
}

/** Copies text; where the browser does not let us, element is selected for the person to do it. @param {string} text @param {HTMLInputElement | null} element */
export async function copy(text, element) {
  element?.select();
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
