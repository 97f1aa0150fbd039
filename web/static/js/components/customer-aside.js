// @ts-check
import { customerName, customerPhone, oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { StatusBadge } from './badge.js';
import { Icon } from './icon.js';
import { Menu } from './menu.js';
import { Time } from './time.js';

/**
 * What is known of the customer: beside the conversation, or over it where there
 * is no room.
 * @param {{ticket: import('../wire.js').Ticket, others: import('../wire.js').Ticket[] | null, now: number, customerLink: string, may: boolean,
 *   ticketLink: (id: number) => string, onMerge: (id: number) => void, onClose: () => void}} props
 */
export function CustomerAside({ ticket, others, now, customerLink, may, ticketLink, onMerge, onClose }) {
  return html`<aside class="aside" aria-label=${t('aside.title')}>
    <header class="aside-top"><h2>${t('aside.title')}</h2>
      <button type="button" class="button button-icon" aria-label=${t('aside.hide')} onClick=${onClose}><${Icon} name="close" /></button></header>
    <p class="aside-name"><bdi>${customerName(ticket)}</bdi></p>
    <p class="info-detail">${customerPhone(ticket)}</p>
    ${customerLink ? html`<p><a class="button" href=${customerLink}>${t('aside.customer')}</a></p>` : ''}
    <h3>${t('aside.others')}</h3>
    ${others === null ? html`<p class="info-detail">${t('aside.loading')}</p>` : ''}
    ${others && !others.length ? html`<p class="info-detail">${t('aside.none')}</p>` : ''}
    <ul class="aside-list">${(others ?? []).map((other) => html`<li key=${other.id} class="aside-ticket">
      <a href=${ticketLink(other.id)}><span class="aside-number">#${other.id}</span> <bdi>${oneLine(other.title || other.text) || t('list.noText')}</bdi></a>
      <p class="aside-facts"><${StatusBadge} status=${other.status} /><${Time} date=${other.createdAt} now=${now} /></p>
      ${may ? html`<${Menu} label=${t('aside.actions', { id: other.id })} items=${[{ text: t('aside.merge'), icon: 'merge', act: () => onMerge(other.id) }]} />` : ''}
    </li>`)}</ul>
  </aside>`;
}
