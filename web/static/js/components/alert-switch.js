// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Dialog } from './dialog.js';
import { Icon } from './icon.js';

/**
 * How this browser tells of new tickets.
 * @param {{sound: boolean, notices: boolean, permission: string, onSound: (on: boolean) => void, onNotices: (on: boolean) => void, onClose: () => void}} props
 */
export function AlertSwitch({ sound, notices, permission, onSound, onNotices, onClose }) {
  const impossible = permission === 'denied' || permission === 'unsupported';
  return html`<${Dialog} kind="ask" label=${t('alerts.title')} onClose=${onClose}>
    <div class="ask-body">
      <header><h2>${t('alerts.title')}</h2>
        <button type="button" class="button button-icon" aria-label=${t('app.close')} onClick=${onClose}><${Icon} name="close" /></button></header>
      <label class="tick"><input type="checkbox" checked=${sound} onChange=${() => onSound(!sound)} />${t('alerts.sound')}</label>
      <label class="tick"><input type="checkbox" checked=${notices} disabled=${impossible} onChange=${() => onNotices(!notices)} />${t('alerts.notices')}</label>
      ${impossible ? html`<p class="ask-note">${t(permission === 'denied' ? 'alerts.denied' : 'alerts.unsupported')}</p>` : ''}
      <p class="ask-note">${t('alerts.note')}</p>
    </div>
  </${Dialog}>`;
}
