// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/** What was just done, with the way back. @param {{text: string, onUndo: (() => void) | null, onClose: () => void}} props */
export function Toast({ text, onUndo, onClose }) {
  return html`<div class="toast" role="status"><p>${text}</p>
    ${onUndo ? html`<button type="button" class="button" onClick=${onUndo}>${t('toast.undo')}</button>` : ''}
    <button type="button" class="button button-icon" aria-label=${t('app.close')} onClick=${onClose}><${Icon} name="close" /></button></div>`;
}
