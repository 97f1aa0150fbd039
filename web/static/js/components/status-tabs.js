// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { statusLabel } from './badge.js';

const order = ['', 'pending', 'in_progress', 'waiting', 'resolved'];

/**
 * One button per status with its count.
 * @param {{current: string, counts: Record<string, number> | null, onChoose: (status: string) => void}} props
 */
export function StatusTabs({ current, counts, onChoose }) {
  return html`<nav class="tabs" aria-label=${t('list.filters')}>
    ${order.map((status) => html`<button type="button" class="tab" key=${status} aria-pressed=${status === current ? 'true' : 'false'}
      onClick=${() => onChoose(status)}>
      ${status ? statusLabel(status) : t('list.all')}
      ${counts ? html` <span class="tab-count">${counts[status]}</span>` : ''}
    </button>`)}
  </nav>`;
}
