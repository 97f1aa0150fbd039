// @ts-check
import { useEffect, useRef, useState } from 'preact/hooks';
import { read } from '../actions/access.js';
import { shop } from '../actions/shop.js';
import { CustomerLine } from '../components/customer.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { href, replace } from '../router.js';
import * as state from '../state.js';
import { Loading, useLoaded } from './loaded.js';

/** How long a person pauses before the search is made, in milliseconds. */
const pause = 250;

/** All customers, the newest first, as the address filters them. @param {{query?: Record<string, string>}} props */
export function Customers({ query = {} }) {
  const { buscar: search = '', bloqueados } = query;
  const blocked = bloqueados === '1';
  const show = (/** @type {string} */ words, /** @type {boolean} */ only) => replace({
    view: 'customers', query: { ...(words ? { buscar: words } : {}), ...(only ? { bloqueados: '1' } : {}) },
  });
  const { data, error } = useLoaded(() => shop.customers({ search, blocked }), `${blocked} ${search}`);
  return html`<main class="page customers" id="contenido" tabindex="-1">
    <h1>${t('nav.customers')}</h1>
    <div class="customers-top"><${Search} text=${search} onSearch=${(/** @type {string} */ words) => show(words, blocked)} />
      <label class="switch"><input type="checkbox" checked=${blocked} onChange=${() => show(search, !blocked)} /><span>${t('customers.onlyBlocked')}</span></label></div>
    ${data ? html`<${Lines} key=${`${blocked} ${search}`} first=${data} search=${search} blocked=${blocked} />` : html`<${Loading} error=${error} />`}
  </main>`;
}

/** @param {{text: string, onSearch: (text: string) => void}} props */
function Search({ text, onSearch }) {
  const timer = useRef(/** @type {any} */ (0));
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    // The address may change without the box, but not while somebody writes in it.
    if (field.current && field.current !== document.activeElement) field.current.value = text;
  }, [text]);
  const later = (/** @type {any} */ event) => {
    const words = event.currentTarget.value.trim();
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onSearch(words), pause);
  };
  return html`<form class="field customers-search" role="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <label for="buscar-cliente">${t('customers.search')}</label>
    <input id="buscar-cliente" type="search" ref=${field} defaultValue=${text} maxlength="200" autocomplete="off" placeholder=${t('customers.searchHint')} onInput=${later} /></form>`;
}

/** @param {{first: {customers: import('../shopwire.js').Customer[], next: string}, search: string, blocked: boolean}} props */
function Lines({ first, search, blocked }) {
  const [all, setAll] = useState(first);
  const [refusal, setRefusal] = useState('');
  useEffect(() => setAll(first), [first]);
  const more = async () => {
    const { value, error } = await read(() => shop.customers({ search, blocked, before: all.next }));
    setRefusal(error);
    if (value) setAll({ customers: [...all.customers, ...value.customers], next: value.next });
  };
  if (!all.customers.length) return html`<p class="hint">${t(blocked ? 'customers.noneBlocked' : search ? 'customers.noneFound' : 'customers.none')}</p>`;
  return html`<ul class="rows card customers-list">${all.customers.map((customer) => html`<${CustomerLine} key=${customer.id} customer=${customer} now=${state.now.value}
      link=${href({ view: 'customer', id: customer.id })} />`)}</ul>
    ${refusal ? html`<p class="form-error" role="alert">${refusal}</p>` : ''}
    ${all.next ? html`<div class="more"><button type="button" class="button" onClick=${more}>${t('list.more')}</button></div>` : ''}`;
}
