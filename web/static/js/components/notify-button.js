// @ts-check
import { exact, timeOfDay } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { useKeptFocus } from './focus.js';
import { Icon } from './icon.js';

/** @type {Record<string, string>} */
const sentTexts = { sent: 'notify.sent', delivered: 'notify.delivered', read: 'notify.read' };

/**
 * "Notificar recibido" and its result.
 * @param {{id: number, view: import('../state.js').NoticeView, onSend: () => void, onAsk: () => void,
 *   onCancel: () => void, onDiscard: () => void}} props
 */
export function NotifyButton(props) {
  const element = useKeptFocus();
  return html`<div class="notify" ref=${element} tabindex="-1">${content(props)}</div>`;
}

/** @param {Parameters<typeof NotifyButton>[0]} props */
function content({ id, view, onSend, onAsk, onCancel, onDiscard }) {
  const button = (/** @type {string} */ text, /** @type {() => void} */ action, style = '') => html`<button type="button"
    class=${`button ${style}`} aria-label=${t('notify.forTicket', { action: text, id })} onClick=${action}>${text}</button>`;
  switch (view.kind) {
    case 'sending':
      return html`<span class="notify-state"><span class="spinner"></span>${t('notify.sending')}</span>`;
    case 'confirm':
      return html`<span class="notify-state">${t('notify.confirm')}</span>
        <span class="notify-choice">${button(t('notify.yes'), onSend, 'button-primary')}${button(t('notify.no'), onCancel)}</span>`;
    case 'queued':
      return html`<span class="notify-state" data-tone="wait" title=${view.message}><${Icon} name="clock" />${t('notify.queued')}</span>`;
    case 'sent':
      return html`<${Sent} view=${view} />${button(t('notify.again'), onAsk, 'button-quiet')}`;
    case 'limited':
      return html`<span class="notify-state" data-tone="wait" title=${view.message}><${Icon} name="waiting" />${t('notify.limited')}</span>
        <span class="notify-choice">${button(t('decision.retry'), onSend)}${button(t('decision.discard'), onDiscard)}</span>`;
    case 'late':
      return html`<span class="notify-state" data-tone="wait" title=${view.message}><${Icon} name="help" />${t('notify.late')}</span>
        <span class="notify-choice">${button(t('decision.sendNow'), onSend, 'button-primary')}${button(t('decision.discard'), onDiscard)}</span>`;
    case 'failed':
      return html`<span class="notify-state" data-tone="bad"><${Icon} name="alert" />${view.message || t('notify.failed')}</span>
        <span class="notify-choice">${button(t('decision.retry'), onSend)}${view.stored ? button(t('decision.discard'), onDiscard) : ''}</span>`;
    default:
      return button(t('notify.send'), onSend, 'button-soft');
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
