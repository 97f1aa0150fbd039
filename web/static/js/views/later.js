// @ts-check
import { useEffect, useState } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';

/**
 * A page whose program comes when somebody first opens it, so that nobody waits for
 * it who does not. Whoever opens it again has it at once.
 * @param {() => Promise<any>} load brings what shows the page
 */
export function later(load) {
  /** @type {any} */
  let page = null;
  return (/** @type {any} */ props) => {
    const [found, setFound] = useState({ page, failed: false });
    useEffect(() => {
      if (page) return;
      load().then((loaded) => {
        page = loaded;
        setFound({ page, failed: false });
        // What stood in for it may have had the focus, which would be lost with it.
        setTimeout(() => document.activeElement === document.body && document.getElementById('contenido')?.focus());
      }, () => setFound({ page: null, failed: true }));
    }, []);
    if (found.page) return html`<${found.page} ...${props} />`;
    return html`<main class="page" id="contenido" tabindex="-1">${found.failed
      ? html`<p class="form-error" role="alert">${t('app.pageFailed')}</p>
        <button type="button" class="button" onClick=${() => location.reload()}>${t('app.reload')}</button>`
      : html`<p class="hint" role="status"><span class="spinner"></span>${t('app.pageComes')}</p>`}</main>`;
  };
}
