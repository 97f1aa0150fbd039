// @ts-check
import { exact, timeOfDay } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/** @type {Record<string, string>} */
const sentTexts = { sent: 'notify.sent', delivered: 'notify.delivered', read: 'notify.read' };

/**
 * "Notificar recibido" and its result.
 * @param {{id: number, view: import('../state.js').NoticeView, onSend: () => void, onAsk: () => void, onCancel: () => void}} props
 */
export function NotifyButton({ id, view, onSend, onAsk, onCancel }) {
  const button = (/** @type {string} */ text, /** @type {() => void} */ action, style = '') => html`<button type="button"
    class=${`button ${style}`} aria-label=${t('notify.forTicket', { action: text, id })} onClick=${action}>${text}</button>`;
  switch (view.kind) {
    case 'sending':
      return html`<div class="notify" role="status"><span class="notify-state"><span class="spinner"></span>${t('notify.sending')}</span></div>`;
    case 'confirm':
      return html`<div class="notify" role="group">
        <span class="notify-state">${t('notify.confirm')}</span>
        <span class="notify-choice">${button(t('notify.yes'), onSend, 'button-primary')}${button(t('notify.no'), onCancel)}</span>
      </div>`;
    case 'queued':
      return html`<div class="notify"><span class="notify-state" data-tone="wait" title=${view.message}>
        <${Icon} name="clock" />${t('notify.queued')}</span></div>`;
    case 'sent':
      return html`<div class="notify"><${Sent} view=${view} />${button(t('notify.again'), onAsk, 'button-quiet')}</div>`;
    case 'failed':
      return html`<div class="notify"><span class="notify-state" data-tone="bad"><${Icon} name="alert" />
        ${view.message || t('notify.failed')}</span>${button(t('notify.retry'), onSend)}</div>`;
    default:
      return html`<div class="notify">${button(t('notify.send'), onSend, 'button-primary')}</div>`;
  }
}

/** @param {{view: import('../state.js').NoticeView}} props */
function Sent({ view }) {
  const delivery = view.delivery ?? '';
  const at = view.at ?? null;
  return html`<span class="notify-state" data-tone="good" title=${exact(at)}>
    <${Icon} name=${delivery === 'sent' ? 'check' : 'checks'} />${t(sentTexts[delivery] ?? 'notify.sent', { time: timeOfDay(at) })}
  </span>`;
}
