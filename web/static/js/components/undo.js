// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/** What was just said of a ticket, with the way back. @param {{text: string, onUndo: (() => void) | null, onClose: () => void}} props */
export function Undo({ text, onUndo, onClose }) {
  return html`<div class="undo"><p>${text}</p>
    ${onUndo ? html`<button type="button" class="button" onClick=${onUndo}>${t('category.undo')}</button>` : ''}
    <button type="button" class="button button-icon" aria-label=${t('category.close')} onClick=${onClose}><${Icon} name="close" /></button></div>`;
}
