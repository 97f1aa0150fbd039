// @ts-check
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/**
 * Something secret that is shown once, to be copied.
 * @param {{title: string, note: string, value: string, onCopy: (text: string, element: HTMLInputElement | null) => Promise<boolean>, onClose: () => void}} props
 */
export function Once({ title, note, value, onCopy, onClose }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [said, setSaid] = useState('');
  // It may be far from the button that made it.
  useLayoutEffect(() => field.current?.focus(), [value]);
  const copy = async () => setSaid(t(await onCopy(value, field.current) ? 'access.copied' : 'access.copyYourself'));
  return html`<div class="once">
    <p class="once-title"><${Icon} name="check" />${title}</p>
    <p>${note}</p>
    <div class="once-row"><input ref=${field} readonly aria-label=${title} value=${value} onFocus=${(/** @type {any} */ event) => event.currentTarget.select()} />
      <button type="button" class="button button-primary" onClick=${copy}>${t('access.copy')}</button>
      <button type="button" class="button" onClick=${onClose}>${t('access.done')}</button></div>
    <p class="field-hint" role="status">${said}</p>
  </div>`;
}

/** The recovery codes, shown once. @param {{codes: string[], onCopy: (text: string, element: HTMLInputElement | null) => Promise<boolean>, onClose: () => void}} props */
export function Codes({ codes, onCopy, onClose }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => element.current?.focus(), []);
  const [said, setSaid] = useState('');
  const copy = async () => setSaid(t(await onCopy(codes.join('\n'), null) ? 'access.copied' : 'access.copyYourself'));
  return html`<div class="once" role="group" aria-label=${t('factor.codesTitle')} tabindex="-1" ref=${element}>
    <p class="once-title"><${Icon} name="check" />${t('factor.codesTitle')}</p>
    <p>${t('factor.codesNote')}</p>
    <ul class="codes">${codes.map((code) => html`<li key=${code}><code>${code}</code></li>`)}</ul>
    <div class="once-row"><button type="button" class="button button-primary" onClick=${copy}>${t('access.copy')}</button>
      <button type="button" class="button" onClick=${onClose}>${t('factor.codesKept')}</button></div>
    <p class="field-hint" role="status">${said}</p>
  </div>`;
}
