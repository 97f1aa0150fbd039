// @ts-check
import { useState } from 'preact/hooks';
import { act, read } from '../actions/access.js';
import { shop } from '../actions/shop.js';
import { StatusBadge } from '../components/badge.js';
import { facts } from '../components/customer.js';
import { Field } from '../components/field.js';
import { Form } from '../components/form.js';
import { Icon } from '../components/icon.js';
import { Time } from '../components/time.js';
import { customerName, day } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { href } from '../router.js';
import * as state from '../state.js';
import { Danger } from './customer-danger.js';
import { Notes } from './customer-notes.js';
import { Loading, useLoaded } from './loaded.js';

/** @typedef {import('../shopwire.js').CustomerPage} CustomerPage */

/** Everything about one customer. @param {{id: number}} props */
export function Customer({ id }) {
  const { data, error, reload } = useLoaded(() => shop.customer(id));
  const [refusal, setRefusal] = useState('');
  const agent = state.may(state.session.value, 'agent');
  /** Changes something, shows it and gives a sentence when it failed. */
  const run = async (/** @type {() => Promise<any>} */ work) => {
    const outcome = await act(work);
    if (!outcome.error) await reload();
    return outcome.error;
  };
  if (!data) return html`<main class="page customer" id="contenido" tabindex="-1"><${Back} /><${Loading} error=${error} /></main>`;
  return html`<main class="page customer" id="contenido" tabindex="-1">
    <header class="customer-top"><${Back} />
      <div><h1><bdi>${customerName(data)}</bdi></h1><p class="row-note">${facts(data)}</p></div></header>
    ${data.blocked ? html`<${Blocked} since=${data.blocked} agent=${agent} refusal=${refusal} onUnblock=${async () => setRefusal(await run(() => shop.block(id, false)))} />` : ''}
    <div class="customer-columns">
      <div class="customer-column"><${History} key=${`${data.blocked ? 'b' : ''}${data.tickets}`} id=${id} /></div>
      <div class="customer-column"><${Who} customer=${data} agent=${agent} onName=${(/** @type {string} */ name) => run(() => shop.rename(id, name))} />
        <${Notes} customer=${data} agent=${agent} onRun=${run} />
        ${agent ? html`<${Danger} customer=${data} onRun=${run} />` : ''}</div>
    </div>
  </main>`;
}

function Back() {
  return html`<a class="button button-icon" href=${href({ view: 'customers' })} aria-label=${t('customer.back')} title=${t('customer.back')}><${Icon} name="back" /></a>`;
}

/** @param {{since: Date, agent: boolean, refusal: string, onUnblock: () => void}} props */
function Blocked({ since, agent, refusal, onUnblock }) {
  return html`<section class="banner customer-blocked" data-tone="bad" aria-label=${t('customer.blocked')}><${Icon} name="alert" />
    <div><p><b>${t('customer.blockedSince', { date: day(since) })}</b> ${t('customer.blockedMeans')}</p>
      ${refusal ? html`<p role="alert">${refusal}</p>` : ''}</div>
    ${agent ? html`<button type="button" class="button" onClick=${onUnblock}>${t('customer.unblock')}</button>` : ''}</section>`;
}

/** Names, number and groups. @param {{customer: CustomerPage, agent: boolean, onName: (name: string) => Promise<string>}} props */
function Who({ customer, agent, onName }) {
  const [editing, setEditing] = useState(false);
  const rows = [
    ['customer.nameOwn', customer.own], ['customer.nameGiven', customer.given], ['customer.number', customer.group ? '' : customer.phone || t('customer.hidden')],
    ['customer.first', day(customer.first)], ['customer.groups', customer.groups.map((group) => group.name).join(', ')],
  ].filter(([, value]) => value);
  const save = async (/** @type {Record<string, string>} */ values) => {
    const refusal = await onName(values.nombre.trim());
    if (!refusal) setEditing(false);
    return refusal;
  };
  return html`<section class="card" aria-labelledby="quien"><h2 id="quien">${t('customer.who')}</h2>
    <dl class="customer-facts">${rows.map(([key, value]) => html`<div key=${key}><dt>${t(key)}</dt><dd><bdi>${value}</bdi></dd></div>`)}</dl>
    ${editing ? html`<${Form} label=${t('customer.saveName')} submit=${save}>
        <${Field} id="nombre" label=${t('customer.nameGiven')} hint=${t('customer.nameHint')} defaultValue=${customer.given} maxlength="100" autocomplete="off" />
        <button type="button" class="button" onClick=${() => setEditing(false)}>${t('ask.cancel')}</button></${Form}>`
    : agent ? html`<button type="button" class="button" onClick=${() => setEditing(true)}>${t(customer.given ? 'customer.rename' : 'customer.giveName')}</button>` : ''}
  </section>`;
}

/** The tickets. @param {{id: number}} props */
function History({ id }) {
  const { data, error } = useLoaded(() => shop.history(id));
  const [older, setOlder] = useState({ tickets: /** @type {import('../wire.js').Ticket[]} */ ([]), next: /** @type {string | null} */ (null) });
  const [refusal, setRefusal] = useState('');
  const tickets = [...(data?.tickets ?? []), ...older.tickets];
  const next = older.next ?? data?.next ?? '';
  const more = async () => {
    const { value, error: why } = await read(() => shop.history(id, next));
    setRefusal(why);
    if (value) setOlder({ tickets: [...older.tickets, ...value.tickets], next: value.next });
  };
  return html`<section class="card" aria-labelledby="historia"><h2 id="historia">${t('customer.history')}</h2>
    ${data ? '' : html`<${Loading} error=${error} />`}
    ${data && !tickets.length ? html`<p class="card-note">${t('customer.noTickets')}</p>` : ''}
    <ul class="rows">${tickets.map((ticket) => html`<li class="row customer-line" key=${ticket.id}>
      <div class="row-main"><span class="row-title"><a class="customer-link" href=${href({ view: 'ticket', id: ticket.id })}><bdi>${ticket.title || t('list.noText')}</bdi></a></span>
        <span class="row-note">${t('chat.title', { id: ticket.id })}${ticket.category ? ` · ${ticket.category}` : ''} · <${Time} date=${ticket.createdAt} now=${state.now.value} /></span></div>
      <${StatusBadge} status=${ticket.status} /></li>`)}</ul>
    ${refusal ? html`<p class="form-error" role="alert">${refusal}</p>` : ''}
    ${next ? html`<div class="more"><button type="button" class="button" onClick=${more}>${t('list.more')}</button></div>` : ''}
  </section>`;
}
