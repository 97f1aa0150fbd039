// @ts-check
import { useLayoutEffect, useState } from 'preact/hooks';
import { filter, loadMore } from '../actions/list.js';
import { askAgain, discardNotice, dontAskAgain, notify } from '../actions/ticket.js';
import { Empty } from '../components/empty.js';
import { StatusTabs } from '../components/status-tabs.js';
import { TicketRow } from '../components/ticket-row.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { href } from '../router.js';
import * as state from '../state.js';
import { TicketCategory } from './verdict.js';

const columns = ['list.number', 'list.customer', 'list.photo', 'list.request', 'list.status', 'list.time', 'list.action'];

/** All tickets, the newest first. */
export function TicketList() {
  usePlace();
  const { phase, tickets, status, error } = state.list.value;
  return html`<main class="page" id="contenido" tabindex="-1">
    <h1 class="visually-hidden">${t('list.title')}</h1>
    <${StatusTabs} current=${status} counts=${state.summary.value} onChoose=${filter} />
    ${phase === 'loading' ? html`<p class="hint" role="status"><span class="spinner"></span>${t('list.loading')}</p>` : ''}
    ${phase === 'failed' ? html`<p class="hint" role="alert">${error}</p>` : ''}
    ${phase === 'ready' && !tickets.length ? html`<${Nothing} filtered=${status !== ''} />` : ''}
    ${tickets.length ? html`<${Table} /><${More} />` : ''}
  </main>`;
}

/** Returns to where the list was left, and remembers where it is. */
function usePlace() {
  useLayoutEffect(() => {
    scrollTo(0, state.place.scroll);
    const link = document.querySelector(`[data-row="${Number(state.place.ticket)}"]`);
    if (link instanceof HTMLElement) link.focus({ preventScroll: true });
    const remember = () => {
      state.place.scroll = scrollY;
    };
    addEventListener('scroll', remember, { passive: true });
    return () => removeEventListener('scroll', remember);
  }, []);
}

/** @param {{filtered: boolean}} props */
function Nothing({ filtered }) {
  if (!filtered) return html`<${Empty} connected=${state.bridgeState(state.bridge.value) === 'connected'} />`;
  return html`<p class="hint">${t('list.noneInFilter')} <button type="button" class="button" onClick=${() => filter('')}>${t('list.showAll')}</button></p>`;
}

function Table() {
  const { tickets } = state.list.value;
  return html`<table class="tickets" role="table">
    <caption class="visually-hidden">${t('list.caption')}</caption>
    <thead role="rowgroup"><tr role="row">${columns.map((key) => html`<th role="columnheader" scope="col">${t(key)}</th>`)}</tr></thead>
    <tbody role="rowgroup">${tickets.map((ticket) => html`<${Row} key=${ticket.id} ticket=${ticket} />`)}</tbody>
  </table>`;
}

/** @param {{ticket: state.Ticket}} props */
function Row({ ticket }) {
  const open = () => {
    const withPhoto = state.list.value.tickets.filter((other) => other.photo);
    state.lightbox.value = { pictures: withPhoto.map((other) => other.photo ?? ''), index: withPhoto.findIndex((other) => other.id === ticket.id) };
  };
  return html`<${TicketRow} ticket=${ticket} category=${html`<${TicketCategory} ticket=${ticket} />`} link=${href({ view: 'ticket', id: ticket.id })} now=${state.now.value}
    fresh=${state.list.value.fresh.includes(ticket.id)} notice=${state.noticeView(ticket.notice, state.attempts.value[ticket.id])}
    onPhoto=${open} onSend=${() => notify(ticket)} onAsk=${() => askAgain(ticket)} onCancel=${() => dontAskAgain(ticket)}
    onDiscard=${() => discardNotice(ticket)} />`;
}

function More() {
  const [busy, setBusy] = useState(false);
  const { tickets, total, next } = state.list.value;
  const more = async () => {
    if (busy) return;
    setBusy(true);
    await loadMore();
    setBusy(false);
  };
  return html`<div class="more">
    <span>${t('list.shown', { shown: tickets.length, total: Math.max(total, tickets.length) })}</span>
    ${next ? html`<button type="button" class="button" aria-disabled=${busy ? 'true' : undefined} onClick=${more}>${busy ? t('list.loadingMore') : t('list.more')}</button>` : ''}
  </div>`;
}
