// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/** @type {Record<string, {label: string, icon: string}>} */
const steps = {
  sending: { label: 'delivery.sending', icon: 'clock' },
  queued: { label: 'delivery.queued', icon: 'clock' },
  limited: { label: 'delivery.limited', icon: 'waiting' },
  confirm: { label: 'delivery.confirm', icon: 'help' },
  sent: { label: 'delivery.sent', icon: 'check' },
  delivered: { label: 'delivery.delivered', icon: 'checks' },
  read: { label: 'delivery.read', icon: 'checks' },
  failed: { label: 'delivery.failed', icon: 'alert' },
  discarded: { label: 'delivery.discarded', icon: 'close' },
};

/** States that an icon alone says. */
const quiet = ['sending', 'sent', 'delivered', 'read'];

/** How far an outgoing message has come. @param {{delivery: string}} props */
export function Delivery({ delivery }) {
  const step = steps[delivery];
  if (!step) return null;
  return html`<span class="delivery" data-delivery=${delivery} title=${t(step.label)}>
    <${Icon} name=${step.icon} /><span class=${quiet.includes(delivery) ? 'visually-hidden' : ''}>${t(step.label)}</span>
  </span>`;
}
