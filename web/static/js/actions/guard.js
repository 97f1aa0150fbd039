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

/** Counts what was changed at the server, so that an answer from before a change is known to be old. */
let changes = 0;

/**
 * Like guard, for work that changes something.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function change(work) {
  try {
    return await guard(work);
  } finally {
    changes++;
  }
}

/**
 * Like guard, for work that only reads: what was changed while it was under way
 * makes it read again, or the page would fall back to what was before.
 * @template T
 * @param {() => Promise<T>} read
 * @returns {Promise<T>}
 */
export async function latest(read) {
  for (;;) {
    const before = changes;
    const result = await guard(read);
    if (before === changes) return result;
  }
}

/**
 * For reads of one thing, the later of which may be answered first: ask before
 * reading, and what that gives says, once the answer is there, whether it is newer
 * than what was shown already.
 * @returns {() => () => boolean}
 */
export function order() {
  let asked = 0;
  let shown = 0;
  return () => {
    const mine = ++asked;
    return () => {
      if (mine < shown) return false;
      shown = mine;
      return true;
    };
  };
}

/** What the codes mean, for a sentence that nobody translated. @type {Record<string, string>} */
const meanings = {
  unauthorized: 'problem.unauthorized', forbidden: 'problem.forbidden', not_found: 'problem.notFound', conflict: 'problem.conflict',
  malformed: 'problem.invalid', invalid: 'problem.invalid', not_allowed: 'problem.invalid', too_large: 'problem.tooLarge', rate_limited: 'problem.tooMany',
  unavailable: 'problem.unavailable', timeout: 'problem.timeout', internal: 'problem.internal',
};

/** A sentence for people. @param {unknown} cause */
export function sentence(cause) {
  if (!(cause instanceof Problem)) return t('error.generic');
  if (cause.offline) return t('error.offline');
  if (!cause.clear && Object.hasOwn(meanings, cause.code)) return [t(meanings[cause.code]), cause.message && `(${cause.message})`].filter(Boolean).join(' ');
  return cause.message || t(cause.status === 413 ? 'problem.tooLarge' : 'error.generic');
}
