// @ts-check
import { weekday } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/** @typedef {import('../shopwire.js').Span} Span */

/**
 * When a business opens on each day, from Monday on. A field for a time has no
 * 24:00; an end of 00:00 means it.
 * @param {{week: Span[][], onChange: (week: Span[][]) => void}} props
 */
export function Week({ week, onChange }) {
  const put = (/** @type {number} */ i, /** @type {Span[]} */ spans) => onChange(week.map((old, j) => (i === j ? spans : old)));
  return html`<div class="week">${week.map((spans, i) => html`<${Day} key=${i} index=${i} spans=${spans} onChange=${(/** @type {Span[]} */ now) => put(i, now)} />`)}
    <div class="form-actions"><button type="button" class="button" disabled=${!week[0].length}
      onClick=${() => onChange(week.map((old, i) => (i < 5 ? week[0].map((span) => ({ ...span })) : old)))}>${t('hours.copy')}</button></div></div>`;
}

/** @param {{index: number, spans: Span[], onChange: (spans: Span[]) => void}} props */
function Day({ index, spans, onChange }) {
  const name = weekday(index);
  const next = spans.length ? { from: '16:00', to: '19:00' } : { from: '09:00', to: '18:00' };
  return html`<div class="week-day" role="group" aria-label=${name}><span class="week-name" aria-hidden="true">${name}</span><div class="week-spans">
    ${spans.length ? '' : html`<span class="card-note">${t('hours.closed')}</span>`}
    ${spans.map((span, i) => html`<div class="week-span" key=${i}>
      <input type="time" required value=${span.from} aria-label=${t('hours.from', { day: name })} onChange=${(/** @type {any} */ event) => onChange(spans.map((old, j) => (i === j ? { ...old, from: event.currentTarget.value } : old)))} />
      <span>${t('hours.until')}</span>
      <input type="time" required value=${span.to === '24:00' ? '00:00' : span.to} aria-label=${t('hours.to', { day: name })} onChange=${(/** @type {any} */ event) => onChange(spans.map((old, j) => (i === j ? { ...old, to: end(event.currentTarget.value) } : old)))} />
      <button type="button" class="button button-icon" aria-label=${t('hours.remove', { day: name, from: span.from })} onClick=${() => onChange(spans.filter((_, j) => i !== j))}><${Icon} name="close" /></button></div>`)}
    ${spans.length < 6 ? html`<button type="button" class="button button-quiet" onClick=${() => onChange([...spans, next])}><${Icon} name="plus" />${t(spans.length ? 'hours.more' : 'hours.open')}</button>` : ''}
  </div></div>`;
}

/** @param {string} time */
function end(time) {
  return time === '00:00' ? '24:00' : time;
}
