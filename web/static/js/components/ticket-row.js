// @ts-check
import { customerName, customerPhone, oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { PriorityBadge, StatusBadge } from './badge.js';
import { Icon } from './icon.js';
import { NotifyButton } from './notify-button.js';
import { Snippet } from './snippet.js';
import { Thumbnail } from './thumbnail.js';
import { Time } from './time.js';

/**
 * One ticket of the list: a row of the table, a card on a phone.
 * @param {{ticket: import('../wire.js').Ticket, category: any, link: string, now: number, fresh: boolean, open: boolean, picked: boolean, notice: import('../state.js').NoticeView,
 *   onPick: (() => void) | null, onPhoto: () => void, onSend: () => void, onAsk: () => void, onCancel: () => void, onDiscard: () => void}} props
 */
export function TicketRow({ ticket, category, link, now, fresh, open, picked, notice, onPick, onPhoto, onSend, onAsk, onCancel, onDiscard }) {
  const name = customerName(ticket);
  const unread = ticket.unread > 0;
  return html`<tr role="row" class="ticket" data-fresh=${fresh ? '' : undefined} data-unread=${unread ? '' : undefined}
    data-open=${open ? '' : undefined} data-picked=${picked ? '' : undefined}>
    <td role="cell" class="ticket-number">${onPick ? html`<label class="pick"><input type="checkbox" checked=${picked} onChange=${onPick} />
      <span class="visually-hidden">${t('bulk.pick', { id: ticket.id })}</span></label>` : ''}#${ticket.id}</td>
    <td role="cell" class="ticket-customer">
      <a href=${link} class="ticket-link" data-row=${ticket.id} aria-current=${open ? 'true' : undefined} aria-label=${t('list.openTicket', { id: ticket.id, name })}><bdi>${name}</bdi></a>
      ${unread ? html`<span class="unread" title=${t('list.unread', { count: ticket.unread })}>
        <span aria-hidden="true">${ticket.unread}</span><span class="visually-hidden">${t('list.unread', { count: ticket.unread })}</span></span>` : ''}
      <span class="ticket-phone">${customerPhone(ticket)}</span>
    </td>
    <td role="cell" class="ticket-photo">
      ${ticket.photo ? html`<${Thumbnail} url=${ticket.photo} label=${t('list.openPhoto', { id: ticket.id })} onOpen=${onPhoto} />` : ''}
    </td>
    <td role="cell" class="ticket-request">
      <p class="ticket-text" dir="auto">${ticket.found ? html`<${Snippet} pieces=${ticket.found.snippet} />`
    : oneLine(ticket.text || ticket.title) || html`<em>${t('list.noText')}</em>`}</p>
      ${category}
    </td>
    <td role="cell" class="ticket-status"><${StatusBadge} status=${ticket.status} /><${PriorityBadge} priority=${ticket.priority} />
      ${ticket.assignee ? html`<span class="badge" data-assignee title=${t('list.assignedTo', { name: oneLine(ticket.assignee.name) })}><${Icon} name="person" /><bdi>${oneLine(ticket.assignee.name)}</bdi></span>` : ''}
      ${ticket.stuck ? html`<span class="badge" data-stuck title=${t('list.stuckWhy')}><${Icon} name="alert" />${t('list.stuck', { count: ticket.stuck })}</span>` : ''}</td>
    <td role="cell" class="ticket-time"><${Time} date=${ticket.createdAt} now=${now} /></td>
    <td role="cell" class="ticket-action">
      <${NotifyButton} id=${ticket.id} view=${notice} onSend=${onSend} onAsk=${onAsk} onCancel=${onCancel} onDiscard=${onDiscard} />
    </td>
  </tr>`;
}
