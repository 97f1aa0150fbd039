// @ts-check
import { useRef } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';

/** The way without scanning: a code to type on the phone. @param {{code: string, busy: boolean, onAsk: (phone: string) => void}} props */
export function PairCode({ code, busy, onAsk }) {
  const phone = useRef(/** @type {HTMLInputElement | null} */ (null));
  const ask = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!busy && phone.current?.value.trim()) onAsk(phone.current.value.trim());
  };
  return html`<details class="pair-code" open=${code !== '' || undefined}>
    <summary>${t('pair.codeTitle')}</summary>
    <form onSubmit=${ask}>
      <label for="telefono">${t('pair.phone')}</label>
      <div class="pair-row">
        <input id="telefono" ref=${phone} class="pair-field" type="tel" autocomplete="off" placeholder="+52 477 123 4567" required aria-describedby="telefono-ayuda" />
        <button type="submit" class="button" aria-disabled=${busy ? 'true' : undefined}>${busy ? html`<span class="spinner"></span>` : ''}${t('pair.askCode')}</button>
      </div>
      <p class="pair-note" id="telefono-ayuda">${t('pair.codeHow')}</p>
    </form>
    <div role="status">${code ? html`<p>${t('pair.typeCode')}</p><p class="pair-letters">${code}</p>` : ''}</div>
  </details>`;
}
