// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';

/** The texts of what there is to hear of. @type {Record<string, string>} */
const names = {
  'ticket.creado': 'notices.opened', 'ticket.espera': 'notices.waiting', 'mensaje.fallo': 'notices.failed', 'puente.problema': 'notices.trouble',
  'puente.recuperado': 'notices.recovered', 'ticket.cambiado': 'notices.changed', 'mensaje.recibido': 'notices.message',
};

/**
 * What to hear of, as switches.
 * @param {{legend: string, all: string[], chosen: string[], onChange: (events: string[]) => void}} props
 */
export function Events({ legend, all, chosen, onChange }) {
  const flip = (/** @type {string} */ kind) => onChange(all.filter((one) => (one === kind) !== chosen.includes(one)));
  return html`<fieldset class="notice-events"><legend>${legend}</legend>
    ${all.map((kind) => html`<label key=${kind} class="switch"><input type="checkbox" data-event=${kind} checked=${chosen.includes(kind)} onChange=${() => flip(kind)} />${t(names[kind])}</label>`)}
  </fieldset>`;
}

/**
 * When to hear of nothing. Equal times are never.
 * @param {{id: string, wishes: import('../noticewire.js').Wishes, onChange: (some: Partial<import('../noticewire.js').Wishes>) => void}} props
 */
export function Quiet({ id, wishes, onChange }) {
  const { from, to, urgent } = wishes;
  const on = from !== to;
  const at = (/** @type {'from'|'to'} */ name, /** @type {string} */ label, /** @type {string} */ value) => html`<label class="notice-time" for=${`${id}-${name}`}>${t(label)}
    <input id=${`${id}-${name}`} type="time" required value=${value} onInput=${(/** @type {any} */ event) => event.currentTarget.value && onChange({ [name]: event.currentTarget.value })} /></label>`;
  return html`<fieldset class="notice-events"><legend>${t('notices.quiet')}</legend>
    <label class="switch"><input type="checkbox" checked=${on} onChange=${() => onChange(on ? { from: '00:00', to: '00:00' } : { from: '22:00', to: '07:00' })} />${t('notices.quietOn')}</label>
    ${on ? html`<div class="notice-times">${at('from', 'notices.from', from)}${at('to', 'notices.to', to)}</div>
      <label class="switch"><input type="checkbox" checked=${urgent} onChange=${() => onChange({ urgent: !urgent })} />${t('notices.urgent')}</label>` : ''}
    <p class="field-hint">${t('notices.quietHint')}</p>
  </fieldset>`;
}
