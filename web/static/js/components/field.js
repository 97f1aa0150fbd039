// @ts-check
import { useState } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { opensFirst } from './opens-first.js';

/**
 * A labelled input with a remark below it.
 * @param {{id: string, label: string, hint?: string, error?: string} & Record<string, any>} props
 */
export function Field({ id, label, hint, error, ...input }) {
  const described = [hint ? `${id}-nota` : '', error ?? ''].filter(Boolean).join(' ');
  return html`<div class="field"><label for=${id}>${label}</label>
    <input id=${id} name=${id} aria-describedby=${described || undefined} ...${input} />
    ${hint ? html`<p class="field-hint" id=${`${id}-nota`}>${hint}</p>` : ''}</div>`;
}

/**
 * A password that can be shown. complete is what the browser may fill in.
 * @param {{id: string, label: string, hint?: string, error?: string, complete?: string, field?: any}} props
 */
export function PasswordField({ id, label, hint, error, complete = 'current-password', field }) {
  const [visible, setVisible] = useState(false);
  const described = [hint ? `${id}-nota` : '', error ?? ''].filter(Boolean).join(' ');
  return html`<div class="field"><label for=${id}>${label}</label>
    <div class="password">
      <input id=${id} name=${id} ref=${field} type=${visible ? 'text' : 'password'} autocomplete=${complete} required aria-describedby=${described || undefined} />
      <button type="button" class="button button-quiet" aria-pressed=${visible ? 'true' : 'false'} aria-label=${t('login.showPassword')}
        onClick=${() => setVisible(!visible)}>${visible ? t('login.hide') : t('login.show')}</button>
    </div>
    ${hint ? html`<p class="field-hint" id=${`${id}-nota`}>${hint}</p>` : ''}</div>`;
}

/**
 * A labelled choice; with onChange it is carried out at once.
 * @param {{id: string, label: string, value?: string, options: [string, string][], hint?: string, onChange?: (value: string) => void}} props
 */
export function Choice({ id, label, value, options, hint, onChange }) {
  return html`<div class="field"><label for=${id}>${label}</label>
    <select id=${id} name=${id} value=${value} ...${onChange ? opensFirst : {}} aria-describedby=${hint ? `${id}-nota` : undefined}
      onChange=${(/** @type {any} */ event) => onChange?.(event.currentTarget.value)}>
      ${options.map(([key, text]) => html`<option key=${key} value=${key} selected=${key === value}>${text}</option>`)}
    </select>
    ${hint ? html`<p class="field-hint" id=${`${id}-nota`}>${hint}</p>` : ''}</div>`;
}
