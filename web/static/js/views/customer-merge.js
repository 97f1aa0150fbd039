// @ts-check
import { useState } from 'preact/hooks';
import { shop } from '../actions/shop.js';
import { Ask } from '../components/ask.js';
import { CustomerLine, facts } from '../components/customer.js';
import { customerName } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import * as state from '../state.js';
import { Loading, useLoaded } from './loaded.js';

/** @typedef {import('../shopwire.js').Customer} Customer */

/**
 * Chooses the other contact of the same person, says what becomes of both, and does it.
 * @param {{customer: Customer, onRun: (work: () => Promise<any>) => Promise<string>, onClose: () => void}} props
 */
export function Merge({ customer, onRun, onClose }) {
  const [search, setSearch] = useState('');
  const [other, setOther] = useState(/** @type {Customer | null} */ (null));
  const { data, error } = useLoaded(() => shop.customers({ search, blocked: false }), search);
  // Only a number and a hidden number may be the same person.
  const fitting = (data?.customers ?? []).filter((one) => one.id !== customer.id && !one.group && one.hidden !== customer.hidden).slice(0, 6);
  return html`<${Ask} title=${t('customer.mergeTitle', { name: customerName(customer) })} yes=${t('customer.mergeYes')} danger disabled=${!other}
    onYes=${() => onRun(() => shop.merge(customer.id, other?.id ?? 0))} onClose=${onClose}>
    <p>${t(customer.hidden ? 'customer.mergeHidden' : 'customer.mergePhone')}</p>
    ${other ? html`<div class="merge-plan"><p>${t('customer.mergePlan')}</p>
        <ul><li><b><bdi>${customerName(customer)}</bdi></b> ${facts(customer)}</li><li><b><bdi>${customerName(other)}</bdi></b> ${facts(other)}</li></ul>
        <p>${t('customer.mergeHow', { count: customer.tickets + other.tickets, name: customerName(customer) })}</p>
        <button type="button" class="button" onClick=${() => setOther(null)}>${t('customer.mergeOther')}</button></div>`
    : html`<div class="field"><label for="buscar-otro">${t('customers.search')}</label>
        <input id="buscar-otro" type="search" autocomplete="off" placeholder=${t('customers.searchHint')} onInput=${(/** @type {any} */ event) => setSearch(event.currentTarget.value.trim())} /></div>
      ${data ? '' : html`<${Loading} error=${error} />`}
      ${data && !fitting.length ? html`<p class="card-note">${t('customer.mergeNone')}</p>` : ''}
      <ul class="rows">${fitting.map((one) => html`<${CustomerLine} key=${one.id} customer=${one} now=${state.now.value}>
        <button type="button" class="button" aria-label=${t('customer.mergeChooseOne', { name: customerName(one) })} onClick=${() => setOther(one)}>${t('customer.mergeChoose')}</button></${CustomerLine}>`)}</ul>`}
  </${Ask}>`;
}
