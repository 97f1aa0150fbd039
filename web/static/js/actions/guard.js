// @ts-check
/** What every call to the server has in common: noticing that it is away, or that we are logged out. */
import { Problem } from '../api.js';
import { t } from '../i18n.js';
import * as state from '../state.js';

/**
 * Runs work and returns its result. Throws what work throws, always a Problem.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function guard(work) {
  try {
    const result = await work();
    state.online.value = true;
    return result;
  } catch (cause) {
    const problem = cause instanceof Problem ? cause : new Problem(500);
    state.online.value = !problem.offline;
    if (problem.status === 401 && state.phase.value === 'ready') state.phase.value = 'login';
    throw problem;
  }
}

/** A sentence for people. @param {unknown} cause */
export function sentence(cause) {
  if (!(cause instanceof Problem)) return t('error.generic');
  if (cause.offline) return t('error.offline');
  return cause.message || t('error.generic');
}
