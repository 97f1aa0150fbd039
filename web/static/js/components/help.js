// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Dialog } from './dialog.js';
import { Icon } from './icon.js';

const keys = [
  ['j', 'help.next'], ['k', 'help.previous'], ['Enter', 'help.open'], ['r', 'help.reply'], ['n', 'help.internal'], ['Ctrl+Enter', 'help.send'],
  ['/', 'help.search'], ['x', 'help.select'], ['Esc', 'help.back'], ['?', 'help.help'],
];

/** Keys, and the text of the notice. @param {{notice: string, onClose: () => void}} props */
export function Help({ notice, onClose }) {
  return html`<${Dialog} kind="help" label=${t('help.title')} onClose=${onClose}>
    <div class="help-body">
      <header><h2>${t('help.title')}</h2>
        <button type="button" class="button button-icon" aria-label=${t('app.close')} onClick=${onClose}><${Icon} name="close" /></button></header>
      <dl>${keys.map(([key, label]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${t(label)}</dd></div>`)}</dl>
      ${notice ? html`<p>${t('help.notice')}</p><blockquote dir="auto">${notice}</blockquote>` : ''}
      <p>${t('help.note')}</p>
    </div>
  </${Dialog}>`;
}
