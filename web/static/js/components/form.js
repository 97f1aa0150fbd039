// @ts-check
import { useState } from 'preact/hooks';
import { html } from '../html.js';
import { Icon } from './icon.js';

/**
 * A form that says why it failed. submit gets the fields by name and gives a
 * sentence, empty on success; what was typed in a line, or in a text marked as
 * data-once, is then gone, choices stay.
 * @param {{label: string, busy?: string, submit: (values: Record<string, string>) => Promise<string>, danger?: boolean, children?: any}} props
 */
export function Form({ label, submit, danger, children }) {
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const onSubmit = async (/** @type {any} */ event) => {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget;
    const values = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
    setBusy(true);
    const refusal = await submit(values);
    setBusy(false);
    setError(refusal);
    // A reset would take the choices back to their first option.
    if (!refusal) form.querySelectorAll('input:not([readonly]), textarea[data-once]').forEach((/** @type {HTMLInputElement} */ input) => { input.value = ''; });
  };
  return html`<form class="form" onSubmit=${onSubmit}>
    ${children}
    ${error ? html`<p class="form-error" role="alert"><${Icon} name="alert" />${error}</p>` : ''}
    <div class="form-actions"><button type="submit" class=${danger ? 'button' : 'button button-primary'} aria-disabled=${busy ? 'true' : undefined}>
      ${busy ? html`<span class="spinner"></span>` : ''}${label}</button></div>
  </form>`;
}
