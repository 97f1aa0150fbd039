// @ts-check
import { hue, oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/** @type {Record<string, {label: string, icon: string}>} */
const statuses = {
  pending: { label: 'status.pending', icon: 'pending' },
  in_progress: { label: 'status.in_progress', icon: 'progress' },
  waiting: { label: 'status.waiting', icon: 'waiting' },
  resolved: { label: 'status.resolved', icon: 'resolved' },
};

/** @type {Record<string, string>} */
const priorities = { urgent: 'priority.urgent', high: 'priority.high', low: 'priority.low' };

/** @param {string} status */
export function statusLabel(status) {
  return t(statuses[status].label);
}

/** Status in words, with a shape and a colour. @param {{status: string}} props */
export function StatusBadge({ status }) {
  return html`<span class="badge" data-status=${status}><${Icon} name=${statuses[status].icon} />${statusLabel(status)}</span>`;
}

/** Nothing for a normal priority. @param {{priority: string}} props */
export function PriorityBadge({ priority }) {
  const label = priorities[priority];
  if (!label) return null;
  return html`<span class="badge" data-priority=${priority} title=${t('priority.label', { priority: t(label) })}>
    ${priority === 'low' ? '' : html`<${Icon} name="alert" />`}${t(label)}
  </span>`;
}

/** The category; on hover, what decided it. Without a colour of its own it gets one. @param {{category: string, words: string[], color?: string}} props */
export function CategoryChip({ category, words, color = '' }) {
  const name = oneLine(category) || t('category.none');
  const why = words.length ? t('category.why', { words: words.map(oneLine).join(', ') }) : undefined;
  return html`<span class="chip" data-hue=${category && !color ? hue(category) : 'none'} data-color=${color || undefined} title=${why}>${name}</span>`;
}
