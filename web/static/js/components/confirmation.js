// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Dialog } from './dialog.js';

/** Asks before something is done, and says what will happen. @param {{title: string, text: string, action: string, onYes: () => void, onNo: () => void}} props */
export function Confirmation({ title, text, action, onYes, onNo }) {
  return html`<${Dialog} kind="help confirmation" label=${title} onClose=${onNo}>
    <div class="help-body"><h2>${title}</h2><p>${text}</p>
      <p class="confirmation-actions"><button type="button" class="button" onClick=${onNo}>${t('confirmation.cancel')}</button>
        <button type="button" class="button button-primary" onClick=${onYes}>${action}</button></p></div>
  </${Dialog}>`;
}
