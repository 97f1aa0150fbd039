// @ts-check
import { useRef, useState } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Dialog } from './dialog.js';
import { Icon } from './icon.js';

/**
 * Says what is going to happen and asks once more. With word, that word has to
 * be typed first. onYes gives a sentence when it failed, '' otherwise.
 * @param {{title: string, yes: string, word?: string, danger?: boolean, disabled?: boolean, onYes: () => Promise<string>, onClose: () => void, children?: any}} props
 */
export function Ask({ title, yes, word = '', danger, disabled, onYes, onClose, children }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy || disabled) return;
    if (word && field.current?.value.trim().toLocaleLowerCase() !== word.toLocaleLowerCase()) {
      setError(t('ask.typeIt', { word }));
      field.current?.focus();
      return;
    }
    setBusy(true);
    const refusal = await onYes();
    setBusy(false);
    setError(refusal);
    if (!refusal) onClose();
  };
  return html`<${Dialog} kind="ask" label=${title} onClose=${onClose}>
    <form class="ask-body" onSubmit=${submit}>
      <h2>${title}</h2>
      ${children}
      ${word ? html`<div class="field"><label for="confirmar">${t('ask.word', { word })}</label>
        <input id="confirmar" ref=${field} autocomplete="off" autocapitalize="off" spellcheck=${false} /></div>` : ''}
      ${error ? html`<p class="form-error" role="alert"><${Icon} name="alert" />${error}</p>` : ''}
      <div class="form-actions ask-actions">
        <button type="button" class="button" onClick=${onClose}>${t('ask.cancel')}</button>
        <button type="submit" class=${`button ${danger ? 'button-danger' : 'button-primary'}`} aria-disabled=${busy || disabled ? 'true' : undefined}>
          ${busy ? html`<span class="spinner"></span>` : ''}${yes}</button></div>
    </form>
  </${Dialog}>`;
}
