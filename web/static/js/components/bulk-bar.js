// @ts-check
import { oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { statusLabel } from './badge.js';
import { Icon } from './icon.js';
import { opensFirst } from './opens-first.js';

/**
 * What can be done to the picked tickets.
 * @param {{count: number, all: boolean, categories: string[], people: import('../wire.js').Person[],
 *   onAll: (on: boolean) => void, onChange: (change: {status?: string, priority?: string, category?: string, assignee?: number}) => void}} props
 */
export function BulkBar({ count, all, categories, people, onAll, onChange }) {
  return html`<section class="bulk" aria-label=${t('bulk.title')}>
    <p class="bulk-count" role="status">${t('bulk.count', { count })}</p>
    <button type="button" class="button" aria-pressed=${all ? 'true' : 'false'} onClick=${() => onAll(!all)}>${t(all ? 'bulk.none' : 'bulk.all')}</button>
    <${Action} label=${t('bulk.status')} options=${['pending', 'in_progress', 'waiting', 'resolved'].map((status) => [status, statusLabel(status)])}
      onChoose=${(/** @type {string} */ status) => onChange({ status })} />
    <${Action} label=${t('bulk.assignee')} options=${[['0', t('filter.nobody')], ...people.map(({ id, name }) => [String(id), oneLine(name)])]}
      onChoose=${(/** @type {string} */ id) => onChange({ assignee: Number(id) })} />
    <${Action} label=${t('bulk.priority')} onChoose=${(/** @type {string} */ priority) => onChange({ priority })}
      options=${[['urgent', t('priority.urgent')], ['high', t('priority.high')], ['normal', t('priority.normal')], ['low', t('priority.low')]]} />
    <${Action} label=${t('bulk.category')} options=${categories.map((name) => [name, oneLine(name)])} onChoose=${(/** @type {string} */ category) => onChange({ category })} />
    <button type="button" class="button button-icon" aria-label=${t('bulk.close')} title=${t('bulk.close')} onClick=${() => onAll(false)}><${Icon} name="close" /></button>
  </section>`;
}

/** @param {{label: string, options: [string, string][], onChoose: (value: string) => void}} props */
function Action({ label, options, onChoose }) {
  const choose = (/** @type {any} */ event) => {
    const { value } = event.currentTarget;
    event.currentTarget.value = '';
    if (value) onChoose(value);
  };
  return html`<select class="button" aria-label=${label} ...${opensFirst} onChange=${choose}>
    <option value="">${label}</option>
    ${options.map(([value, name]) => html`<option key=${value} value=${value}>${name}</option>`)}
  </select>`;
}
