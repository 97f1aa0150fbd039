// @ts-check
import { useLayoutEffect, useRef } from 'preact/hooks';
import { customerName, customerPhone, oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { PriorityBadge, StatusBadge } from './badge.js';
import { useKeptFocus } from './focus.js';
import { Icon } from './icon.js';
import { NotifyButton } from './notify-button.js';
import { TicketControls } from './ticket-controls.js';

/** @type {Record<string, {label: string, icon: string}>} */
const changes = {
  resolved: { label: 'status.resolve', icon: 'resolved' },
  waiting: { label: 'status.wait', icon: 'waiting' },
  in_progress: { label: 'status.start', icon: 'progress' },
};

/**
 * Whose conversation it is and what can be done with the ticket.
 * @param {{id: number, ticket: import('../wire.js').Ticket | null, category: any, next: string[], back: string, notice: import('../state.js').NoticeView, may: boolean,
 *   present: {id: number, name: string, typing: boolean}[], assignee: {id: number, name: string} | null, people: {id: number, name: string}[],
 *   aside: boolean, onAside: () => void, onPriority: (priority: string) => void, onAssignee: (person: number) => void,
 *   onStatus: (status: string) => void, onSend: () => void, onAsk: () => void, onCancel: () => void, onDiscard: () => void, children?: any}} props
 */
export function ChatHeader(props) {
  const { id, ticket, category, next, back, notice, may, onStatus, onSend, onAsk, onCancel, onDiscard, children } = props;
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), [id]);
  return html`<header class="chat-header">
    <a class="button button-icon" href=${back} aria-label=${t('chat.back')} title=${t('chat.back')}><${Icon} name="back" /></a>
    <div class="chat-who">
      <h1 ref=${heading} tabindex="-1">${ticket ? html`<bdi>${customerName(ticket)}</bdi>` : t('chat.title', { id })}</h1>
      ${ticket ? html`<p class="chat-facts"><span>${t('chat.title', { id })}</span><span>${customerPhone(ticket)}</span>
        <${StatusBadge} status=${ticket.status} /><${PriorityBadge} priority=${ticket.priority} /></p>` : ''}
      ${category}
    </div>
    <${Presence} present=${props.present} />
    <button type="button" class="button button-icon aside-button" aria-label=${t('aside.show')} title=${t('aside.show')} aria-pressed=${props.aside ? 'true' : 'false'}
      onClick=${props.onAside}><${Icon} name="person" /></button>
    ${ticket && may ? html`<div class="chat-actions">
      <${StatusButtons} status=${ticket.status} next=${next} onStatus=${onStatus} />
      <${TicketControls} ticket=${ticket} assignee=${props.assignee} people=${props.people} onPriority=${props.onPriority} onAssignee=${props.onAssignee} />
      <${NotifyButton} id=${id} view=${notice} onSend=${onSend} onAsk=${onAsk} onCancel=${onCancel} onDiscard=${onDiscard} />
      ${children}
    </div>` : ''}
  </header>`;
}

/** @param {{status: string, next: string[], onStatus: (status: string) => void}} props */
function StatusButtons({ status, next, onStatus }) {
  const element = useKeptFocus();
  const reopen = status === 'resolved';
  return html`<div class="chat-statuses" role="group" aria-label=${t('status.actions')} ref=${element} tabindex="-1">
    ${next.map((choice) => html`<button type="button" class="button" key=${choice} onClick=${() => onStatus(choice)}>
      <${Icon} name=${reopen ? 'reopen' : changes[choice].icon} />${t(reopen ? 'status.reopen' : changes[choice].label)}</button>`)}
  </div>`;
}

/** Who else is here. @param {{present: {id: number, name: string, typing: boolean}[]}} props */
function Presence({ present }) {
  return html`<p class="presence" role="status">${present.map(({ id, name, typing }) => html`<span key=${id} class="presence-one" data-typing=${typing ? '' : undefined}>
    <${Icon} name=${typing ? 'chat' : 'person'} />${t(typing ? 'presence.typing' : 'presence.looking', { name: oneLine(name) || t('presence.somebody') })}</span>`)}</p>`;
}
