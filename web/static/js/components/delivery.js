// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/** @type {Record<string, {label: string, icon: string}>} */
const steps = {
  sending: { label: 'delivery.sending', icon: 'clock' },
  queued: { label: 'delivery.queued', icon: 'clock' },
  sent: { label: 'delivery.sent', icon: 'check' },
  delivered: { label: 'delivery.delivered', icon: 'checks' },
  read: { label: 'delivery.read', icon: 'checks' },
  failed: { label: 'delivery.failed', icon: 'alert' },
};

/** How far an outgoing message has come. @param {{delivery: string}} props */
export function Delivery({ delivery }) {
  const step = steps[delivery];
  if (!step) return null;
  const quiet = delivery !== 'failed' && delivery !== 'queued';
  return html`<span class="delivery" data-delivery=${delivery} title=${t(step.label)}>
    <${Icon} name=${step.icon} /><span class=${quiet ? 'visually-hidden' : ''}>${t(step.label)}</span>
  </span>`;
}
