// @ts-check
import { useEffect } from 'preact/hooks';
import { loadCategories, setCategory } from '../actions/categories.js';
import { categories, colorOf, usable } from '../categories.js';
import { CategoryPicker, Verdict, Why } from '../components/verdict.js';
import { html } from '../html.js';
import * as state from '../state.js';

/** What a ticket of the list is about. @param {{ticket: state.Ticket}} props */
export function TicketCategory({ ticket }) {
  useEffect(() => { loadCategories(); }, []);
  const choose = state.may(state.session.value, 'agent') ? (/** @type {string} */ name) => setCategory(ticket.id, name) : null;
  return html`<${Verdict} ticket=${ticket} color=${colorOf(categories.value, ticket.category)} onChoose=${choose} />`;
}

/** The same in the header of its conversation, to be corrected there, with the reasons. @param {{ticket: state.Ticket}} props */
export function ConversationCategory({ ticket }) {
  useEffect(() => { loadCategories(); }, []);
  const names = usable(categories.value).map((one) => one.name);
  const may = state.may(state.session.value, 'agent') && names.length > 0;
  return html`<div class="judge">
    ${may && !ticket.verdict.doubt ? '' : html`<${TicketCategory} ticket=${ticket} />`}
    ${may ? html`<${CategoryPicker} ticket=${ticket} names=${names} onChoose=${(/** @type {string} */ name) => setCategory(ticket.id, name)} />` : ''}
    <${Why} ticket=${ticket} /></div>`;
}
