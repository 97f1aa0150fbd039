// @ts-check
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { changePicked, loadPeople, pickAll, toggle } from '../actions/bulk.js';
import { loadMore } from '../actions/list.js';
import { askAgain, discardNotice, dontAskAgain, notify } from '../actions/ticket.js';
import { BulkBar } from '../components/bulk-bar.js';
import { Chunk, End } from '../components/chunk.js';
import { useGradual } from '../components/gradual.js';
import { TicketRow } from '../components/ticket-row.js';
import * as filters from '../filter.js';
import { count } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { chunks, isEmpty } from '../listing.js';
import { filterBy, href } from '../router.js';
import * as state from '../state.js';
import { FirstSteps, FirstTicket } from './first-steps.js';
import { ListTop, categories } from './list-top.js';
import { TicketCategory } from './verdict.js';

const columns = ['list.number', 'list.customer', 'list.photo', 'list.request', 'list.status', 'list.time', 'list.action'];
/** Rows that come and go together while the list is scrolled. */
const chunkSize = 50;
/** Rows that fill a screen. */
const screenful = 12;

/** All tickets that the address asks for, the newest first; beside the open one when there is one. @param {{open?: number}} props */
export function TicketList({ open = 0 }) {
  useEffect(() => {
    loadPeople();
  }, []);
  const { phase, tickets, next, error, complete, query } = state.list.value;
  // A list that was here before is returned to where it was left, which takes all of it.
  const first = useRef(state.place.whole ? Infinity : screenful);
  const shown = useGradual(tickets.length, first.current);
  const whole = shown > 0 && shown === tickets.length;
  if (whole) state.place.whole = true;
  usePlace(open, whole);
  if (isEmpty(state.list.value)) return open ? null : html`<main class="page" id="contenido" tabindex="-1"><h1 class="visually-hidden">${t('list.title')}</h1><${FirstSteps} /></main>`;
  const filter = filters.parse(query);
  const body = html`<h1 class="visually-hidden">${t('list.title')}</h1>
    <${FirstTicket} />
    <${ListTop} filter=${filter} query=${query} />
    ${phase === 'loading' ? html`<p class="hint" role="status"><span class="spinner"></span>${t('list.loading')}</p>` : ''}
    ${phase === 'failed' ? html`<p class="hint" role="alert">${error}</p>` : ''}
    ${complete ? '' : html`<p class="list-note">${t('search.incomplete')}</p>`}
    ${phase === 'ready' && !tickets.length && !next ? html`<${Nothing} searching=${filter.text !== ''} />` : ''}
    ${tickets.length ? html`<${Table} tickets=${tickets.slice(0, shown)} open=${open} />` : ''}
    ${phase === 'ready' && shown === tickets.length && (shown || next) ? html`<${More} />` : ''}
    ${state.picked.value.length ? html`<${Bulk} />` : ''}`;
  return open ? html`<aside class="page list-pane" aria-label=${t('list.title')}>${body}</aside>`
    : html`<main class="page" id="contenido" tabindex="-1">${body}</main>`;
}

/** Returns to where the list was left, and remembers where it is. @param {number} open @param {boolean} whole all of it is there */
function usePlace(open, whole) {
  useLayoutEffect(() => {
    if (open && whole) document.querySelector(`[data-row="${Number(open)}"]`)?.closest('.ticket')?.scrollIntoView({ block: 'nearest' });
  }, [open, whole]);
  useLayoutEffect(() => {
    if (open) return undefined;
    scrollTo(0, state.place.scroll);
    const link = document.querySelector(`[data-row="${Number(state.place.ticket)}"]`);
    if (link instanceof HTMLElement) link.focus({ preventScroll: true });
    const remember = () => { state.place.scroll = scrollY; };
    addEventListener('scroll', remember, { passive: true });
    return () => removeEventListener('scroll', remember);
  }, [open]);
}

/** @param {{searching: boolean}} props */
function Nothing({ searching }) {
  return html`<p class="hint" role="status">${t(searching ? 'search.nothing' : 'list.noneInFilter')}
    <button type="button" class="button" onClick=${() => filterBy('')}>${t('list.showAll')}</button></p>`;
}

/** @param {{tickets: state.Ticket[], open: number}} props */
function Table({ tickets, open }) {
  return html`<table class="tickets" role="table">
    <caption class="visually-hidden">${t('list.caption')}</caption>
    <thead role="rowgroup"><tr role="row">${columns.map((key) => html`<th role="columnheader" scope="col">${t(key)}</th>`)}</tr></thead>
    ${chunks(tickets, chunkSize).map((some, i) => html`<${Chunk} key=${i} rows=${some.length}>
      ${some.map((ticket) => html`<${Row} key=${ticket.id} ticket=${ticket} open=${ticket.id === open} />`)}</${Chunk}>`)}
  </table>`;
}

/** @param {{ticket: state.Ticket, open: boolean}} props */
function Row({ ticket, open }) {
  const showPhoto = () => {
    const withPhoto = state.list.value.tickets.filter((other) => other.photo);
    state.lightbox.value = { pictures: withPhoto.map((other) => other.photo ?? ''), index: withPhoto.findIndex((other) => other.id === ticket.id) };
  };
  const onPick = state.session.value?.role === 'reader' ? null : () => toggle(ticket.id);
  return html`<${TicketRow} ticket=${ticket} category=${html`<${TicketCategory} ticket=${ticket} />`} link=${href({ view: 'ticket', id: ticket.id })} now=${state.now.value} open=${open}
    fresh=${state.fresh.value.includes(ticket.id)} notice=${state.noticeView(ticket.notice, state.attempts.value[ticket.id])}
    picked=${state.picked.value.includes(ticket.id)} onPick=${onPick}
    onPhoto=${showPhoto} onSend=${() => notify(ticket)} onAsk=${() => askAgain(ticket)} onCancel=${() => dontAskAgain(ticket)}
    onDiscard=${() => discardNotice(ticket)} />`;
}

/** Goes on by itself as the end comes near; the button is for whoever cannot scroll. */
function More() {
  const { tickets, total, next } = state.list.value;
  const shown = total < 0 ? t('list.shownSome', { count: tickets.length }) : t('list.shown', { shown: count(tickets.length), total: count(Math.max(total, tickets.length)) });
  return html`<${End} key=${next} onNear=${loadMore}><span>${shown}</span>
    ${next ? html`<button type="button" class="button" onClick=${loadMore}>${t('list.more')}</button>` : ''}</${End}>`;
}

function Bulk() {
  const { tickets } = state.list.value;
  const picked = state.picked.value;
  return html`<${BulkBar} count=${picked.length} all=${picked.length >= tickets.length} categories=${categories()} people=${state.people.value}
    onAll=${pickAll} onChange=${changePicked} />`;
}
