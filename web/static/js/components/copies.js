// @ts-check
import { ago, exact, fileSize } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/** @typedef {import('../copieswire.js').Copies} Copies */

/** @type {Record<import('../copieswire.js').Step, string>} */
const steps = { database: 'copies.stepDatabase', packing: 'copies.stepPacking', checking: 'copies.stepChecking' };

/** How far a copy is that is being made. @param {{work: import('../copieswire.js').Work}} props */
export function CopyProgress({ work }) {
  return html`<div class="copies-work" role="status"><p><span class="spinner"></span>${t(steps[work.step])}</p>
    ${work.total ? html`<progress aria-label=${t(steps[work.step])} max=${work.total} value=${Math.min(work.done, work.total)}></progress>` : ''}</div>`;
}

/** How copies stand, in one line with a word of its own. @param {{copies: Copies, now: number}} props */
export function CopyVerdict({ copies, now }) {
  const bad = copies.late || copies.failure !== '';
  const words = copies.last ? t('copies.last', { time: ago(copies.last, now) }) : t('copies.none');
  return html`<div class="copies-verdict" data-tone=${bad ? 'bad' : copies.last ? 'good' : 'wait'} role=${bad ? 'alert' : 'status'}>
    <${Icon} name=${bad ? 'alert' : copies.last ? 'check' : 'clock'} />
    <div><p><b>${t(copies.late ? 'copies.late' : bad ? 'copies.failed' : copies.last ? 'copies.well' : 'copies.first')}</b> ${words}</p>
      ${copies.failure ? html`<p>${copies.failure} ${copies.failedAt ? html`<span class="row-note">${exact(copies.failedAt)}</span>` : ''}</p>` : ''}</div></div>`;
}

/** The copies there are. @param {{copies: Copies, link: (name: string) => string}} props */
export function CopyList({ copies, link }) {
  if (!copies.copies.length) return '';
  return html`<ul class="rows">${copies.copies.map((one) => html`<li key=${one.name} class="row"><div class="row-main">
      <span class="row-title">${exact(one.at)} <span class="chip" data-tone=${one.checked ? 'good' : 'bad'}>${t(one.checked ? 'copies.checked' : 'copies.unchecked')}</span></span>
      <span class="row-note"><bdi>${one.name}</bdi> · ${fileSize(one.size)}</span></div>
      ${one.checked ? html`<a class="button" href=${link(one.name)} download=${one.name} aria-label=${t('copies.takeOne', { date: exact(one.at) })}>${t('copies.take')}</a>` : ''}</li>`)}</ul>`;
}

/** Says above every page that there is no new copy. @param {{alerts: import('../bridgewire.js').Alert[], now: number, link: string}} props */
export function CopyBar({ alerts, now, link }) {
  const found = alerts.find((alert) => alert.kind === 'backup');
  if (!found) return null;
  return html`<section class="banner bridge-bar" aria-label=${t('copies.title')} data-tone="bad"><${Icon} name="alert" />
    <div role="alert"><p><b>${t('copies.late')}</b> ${found.sentence} ${found.since ? html`<span class="since" aria-live="off">${t('copies.last', { time: ago(found.since, now) })}</span>` : ''}</p></div>
    <a class="button" href=${link}>${t('copies.open')}</a></section>`;
}
