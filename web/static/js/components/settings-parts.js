// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/** Says that something was saved, once turn has moved. @param {{turn: number}} props */
export function Saved({ turn }) {
  return html`<p class="form-done" role="status">${turn ? html`<${Icon} name="check" /><span key=${turn}>${t('settings.saved')}</span>` : ''}</p>`;
}

/** A labelled text of several lines. @param {{id: string, label: string, hint?: string, value: string, required?: boolean}} props */
export function TextArea({ id, label, hint, value, required }) {
  return html`<div class="field"><label for=${id}>${label}</label>
    <textarea id=${id} name=${id} rows="3" maxlength="4096" required=${required} aria-describedby=${hint ? `${id}-nota` : undefined} dir="auto" defaultValue=${value}></textarea>
    ${hint ? html`<p class="field-hint" id=${`${id}-nota`}>${hint}</p>` : ''}</div>`;
}
