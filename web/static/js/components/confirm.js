// @ts-check
import { useState } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { useKeptFocus } from './focus.js';

/**
 * A button that asks once more before it does something that cannot be undone.
 * @param {{label: string, question: string, name?: string, onConfirm: () => void}} props
 */
export function Confirm({ label, question, name, onConfirm }) {
  const [asking, setAsking] = useState(false);
  const element = useKeptFocus();
  const yes = () => {
    setAsking(false);
    onConfirm();
  };
  return html`<span class="confirm" ref=${element} tabindex="-1">
    ${asking ? html`<span class="confirm-question">${question}</span>
      <button type="button" class="button button-danger" onClick=${yes}>${label}</button>
      <button type="button" class="button" onClick=${() => setAsking(false)}>${t('access.no')}</button>`
    : html`<button type="button" class="button" aria-label=${name} onClick=${() => setAsking(true)}>${label}</button>`}
  </span>`;
}
