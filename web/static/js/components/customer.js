// @ts-check
import { customerName, customerPhone } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Time } from './time.js';

/** @typedef {import('../shopwire.js').Customer} Customer */

/** One line of a list of customers. @param {{customer: Customer, now: number, link?: string, children?: any}} props */
export function CustomerLine({ customer, now, link, children }) {
  const name = customerName(customer);
  return html`<li class="row customer-line">
    <div class="row-main"><span class="row-title">${link ? html`<a class="customer-link" href=${link} data-row=${customer.id}><bdi>${name}</bdi></a>` : html`<bdi>${name}</bdi>`}
      ${customer.blocked ? html`<span class="badge" data-stuck>${t('customer.blocked')}</span>` : ''}</span>
      <span class="row-note">${facts(customer)}</span></div>
    <span class="row-note customer-last">${customer.last ? html`<${Time} date=${customer.last} now=${now} />` : ''}</span>
    ${children}
  </li>`;
}

/** Number, WhatsApp's name when it is another, and how many tickets. @param {Customer} customer */
export function facts(customer) {
  const own = customer.given && customer.own ? t('customer.own', { name: customer.own }) : '';
  const tickets = t('customer.tickets', { count: customer.tickets });
  return [customerPhone(customer), own, tickets].filter(Boolean).join(' · ');
}
