// @ts-check
import { oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { opensFirst } from './opens-first.js';

/** @type {[string, string][]} */
const priorities = [['urgent', 'priority.urgent'], ['high', 'priority.high'], ['normal', 'priority.normal'], ['low', 'priority.low']];

/**
 * How pressing a ticket is and who has it.
 * @param {{ticket: import('../wire.js').Ticket, assignee: {id: number, name: string} | null, people: {id: number, name: string}[],
 *   onPriority: (priority: string) => void, onAssignee: (person: number) => void}} props
 */
export function TicketControls({ ticket, assignee, people, onPriority, onAssignee }) {
  // Whoever has it stays in the list, also when they cannot log in any more.
  const all = assignee && !people.some((person) => person.id === assignee.id) ? [...people, assignee] : people;
  return html`<div class="ticket-controls">
    <label class="control"><span>${t('desk.priority')}</span>
      <select id="prioridad" ...${opensFirst} value=${ticket.priority} onChange=${(/** @type {any} */ event) => onPriority(event.currentTarget.value)}>
        ${priorities.map(([value, text]) => html`<option key=${value} value=${value}>${t(text)}</option>`)}
      </select></label>
    <label class="control"><span>${t('desk.assignee')}</span>
      <select id="asignado" ...${opensFirst} value=${String(assignee?.id ?? 0)} onChange=${(/** @type {any} */ event) => onAssignee(Number(event.currentTarget.value))}>
        <option value="0">${t('desk.nobody')}</option>
        ${all.map((person) => html`<option key=${person.id} value=${String(person.id)}>${oneLine(person.name)}</option>`)}
      </select></label>
  </div>`;
}
