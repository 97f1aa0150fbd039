// @ts-check
import { useEffect, useRef, useState } from 'preact/hooks';
import { read } from '../actions/access.js';
import { html } from '../html.js';
import { t } from '../i18n.js';

/**
 * What work reads, now and again at each reload and whenever key changes.
 * @template T
 * @param {(api: typeof import('../accountapi.js').access) => Promise<T>} work @param {string} [key]
 * @returns {{data: T | null, error: string, reload: () => Promise<void>}}
 */
export function useLoaded(work, key = '') {
  const [found, setFound] = useState({ data: /** @type {T | null} */ (null), error: '' });
  const turn = useRef(0);
  const reload = async () => {
    const mine = ++turn.current;
    const { value, error } = await read(work);
    // An answer that comes after the next question is old.
    if (mine === turn.current) setFound((before) => ({ data: error ? before.data : value, error }));
  };
  useEffect(() => {
    reload();
    return () => {
      turn.current++;
    };
  }, [key]);
  return { ...found, reload };
}

/** What is shown until something is loaded. @param {{error: string}} props */
export function Loading({ error }) {
  if (error) return html`<p class="form-error" role="alert">${error}</p>`;
  return html`<p class="hint" role="status"><span class="spinner"></span>${t('access.loading')}</p>`;
}
