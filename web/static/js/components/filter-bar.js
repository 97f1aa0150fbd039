// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { oneLine } from '../format.js';
import { Icon } from './icon.js';

/** @typedef {import('../filter.js').Filter} Filter */
/** @typedef {[value: string, label: string]} Option */

/**
 * The conditions of a filter, one field each. Every change is a whole new filter.
 * With table, what they let through can be downloaded there.
 * @param {{filter: Filter, categories: string[], people: import('../wire.js').Person[], me: number, table: string, onChange: (filter: Filter) => void}} props
 */
export function FilterBar({ filter, categories, people, me, table, onChange }) {
  const set = (/** @type {Partial<Filter>} */ some) => onChange({ ...filter, ...some });
  const list = (/** @type {string} */ value) => (value ? [value] : []);
  return html`<div class="filters" id="filtros" role="group" aria-label=${t('filter.title')}>
    <${Choice} label=${t('filter.category')} value=${filter.categories[0] ?? ''} options=${categories.map((name) => [name, oneLine(name)])}
      onChange=${(/** @type {string} */ value) => set({ categories: list(value) })} />
    <${Choice} label=${t('filter.priority')} value=${filter.priorities[0] ?? ''} onChange=${(/** @type {string} */ value) => set({ priorities: list(value) })}
      options=${[['urgent', t('priority.urgent')], ['high', t('priority.high')], ['normal', t('priority.normal')], ['low', t('priority.low')]]} />
    <${Choice} label=${t('filter.assignee')} value=${filter.assignee} onChange=${(/** @type {string} */ assignee) => set({ assignee })}
      options=${[...(me ? [['yo', t('filter.mine')]] : []), ['nadie', t('filter.nobody')], ...people.map(({ id, name }) => [String(id), oneLine(name)])]} />
    <${Choice} label=${t('filter.photo')} value=${filter.photo} onChange=${(/** @type {string} */ photo) => set({ photo })}
      options=${[['with', t('filter.withPhoto')], ['without', t('filter.withoutPhoto')]]} />
    <${Day} label=${t('filter.from')} value=${filter.from} onChange=${(/** @type {string} */ from) => set({ from })} />
    <${Day} label=${t('filter.until')} value=${filter.until} onChange=${(/** @type {string} */ until) => set({ until })} />
    <label class="tick"><input type="checkbox" checked=${filter.unread} onChange=${() => set({ unread: !filter.unread })} />${t('filter.unread')}</label>
    <button type="button" class="button" onClick=${() => set({ categories: [], priorities: [], assignee: '', contact: '', from: '', until: '', photo: '', unread: false })}>
      <${Icon} name="close" />${t('filter.clear')}</button>
    ${table ? html`<a class="button" href=${table} download><${Icon} name="down" />${t('filter.download')}</a>` : ''}
  </div>`;
}

/** @param {{label: string, value: string, options: Option[], onChange: (value: string) => void}} props */
function Choice({ label, value, options, onChange }) {
  const known = options.some(([option]) => option === value);
  return html`<label class="field"><span>${label}</span>
    <select value=${value} onChange=${(/** @type {any} */ event) => onChange(event.currentTarget.value)}>
      <option value="">${t('filter.any')}</option>
      ${options.map(([option, name]) => html`<option key=${option} value=${option} selected=${option === value}>${name}</option>`)}
      ${value && !known ? html`<option value=${value} selected>${oneLine(value)}</option>` : ''}
    </select></label>`;
}

/** @param {{label: string, value: string, onChange: (value: string) => void}} props */
function Day({ label, value, onChange }) {
  return html`<label class="field"><span>${label}</span>
    <input type="date" value=${value} onChange=${(/** @type {any} */ event) => onChange(event.currentTarget.value)} /></label>`;
}
