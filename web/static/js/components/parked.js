// @ts-check
import { customerName, customerPhone, oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { useKeptFocus } from './focus.js';
import { Icon } from './icon.js';
import { Time } from './time.js';

/**
 * A message that the server refused: who, when, what, why, and another try.
 * @param {{message: import('../bridgewire.js').Parked, phase: string, now: number, onRetry: () => void}} props
 */
export function Parked({ message, phase, now, onRetry }) {
  const action = useKeptFocus();
  const name = customerName(message);
  return html`<li class="parked">
    <p class="parked-who"><bdi>${name}</bdi> <span class="parked-phone">${customerPhone(message)}</span></p>
    <p class="parked-time"><${Time} date=${message.at} now=${now} /></p>
    <p class="parked-text" dir="auto">${oneLine(message.text) || html`<em>${t('list.noText')}</em>`}</p>
    <p class="parked-reason"><${Icon} name="alert" /><span>${message.reason || t('tray.noReason')}</span></p>
    <div class="parked-action" ref=${action} tabindex="-1">${phase === 'idle'
    ? html`<button type="button" class="button" aria-label=${t('tray.retryOf', { name })} onClick=${onRetry}>${t('tray.retry')}</button>`
    : html`<span class="notify-state"><span class="spinner"></span>${t(phase === 'sending' ? 'tray.sending' : 'tray.sent')}</span>`}</div>
  </li>`;
}
