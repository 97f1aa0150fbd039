// @ts-check
import { useRef, useState } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Countdown } from './countdown.js';

/** How long WhatsApp waits for a passkey, in milliseconds. */
const demand = 300_000;

/** @typedef {import('../bridgewire.js').Passkey} Passkey */

/**
 * WhatsApp's demand for a passkey, which only WhatsApp's own page can ask for:
 * a text for the console there, and what that says back.
 * @param {{passkey: Passkey, until: number, busy: boolean, onAnswer: (answer: string) => void, onConfirm: () => void}} props
 */
export function PairPasskey({ passkey, until, busy, onAnswer, onConfirm }) {
  if (passkey.code) return html`<${Compare} code=${passkey.code} busy=${busy} onConfirm=${onConfirm} />`;
  if (!passkey.program) return html`<p role="status"><span class="spinner"></span> ${t('pair.passkeyWait')}</p>`;
  return html`<div class="pair-passkey">
    <p>${t('pair.passkeyWhy')} <${Countdown} until=${until} whole=${demand} text=${'pair.left'} over=${'pair.over'} /></p>
    <ol>
      <li>${t('pair.passkeyOpen')} <a href="https://web.whatsapp.com" target="_blank" rel="noopener noreferrer">web.whatsapp.com</a></li>
      <li>${t('pair.passkeyConsole')}</li>
      <li>${t('pair.passkeyPaste')} <${Program} text=${passkey.program} /></li>
      <li>${t('pair.passkeyUse')}</li>
      <li><${Answer} busy=${busy} onAnswer=${onAnswer} /></li>
    </ol>
    <p class="pair-note">${t('pair.passkeyCare')}</p>
  </div>`;
}

/** @param {{text: string}} props */
function Program({ text }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    field.current?.select();
    await navigator.clipboard?.writeText(text).then(() => setCopied(true), () => {});
  };
  return html`<textarea ref=${field} class="pair-field pair-program" rows="4" readonly aria-label=${t('pair.program')} value=${text}></textarea>
    <button type="button" class="button" onClick=${copy}>${t(copied ? 'pair.copied' : 'pair.copy')}</button>`;
}

/** @param {{busy: boolean, onAnswer: (answer: string) => void}} props */
function Answer({ busy, onAnswer }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!busy && field.current?.value.trim()) onAnswer(field.current.value.trim());
  };
  return html`<form onSubmit=${send}><label for="respuesta-llave">${t('pair.passkeyAnswer')}</label>
    <textarea id="respuesta-llave" ref=${field} class="pair-field pair-program" rows="3" required placeholder='{"id":…}'></textarea>
    <button type="submit" class="button button-primary" aria-disabled=${busy ? 'true' : undefined}>${t('pair.passkeySend')}</button></form>`;
}

/** @param {{code: string, busy: boolean, onConfirm: () => void}} props */
function Compare({ code, busy, onConfirm }) {
  return html`<p>${t('pair.passkeyCompare')}</p><p class="pair-letters">${code}</p>
    <button type="button" class="button button-primary" aria-disabled=${busy ? 'true' : undefined} onClick=${onConfirm}>${t('pair.passkeySame')}</button>
    <p class="pair-note">${t('pair.passkeyOther')}</p>`;
}
