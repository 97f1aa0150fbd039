// @ts-check
import { pressing, stateTitle, troubles } from '../bridge.js';
import { ago } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/** @typedef {import('../bridgewire.js').Bridge} Bridge */
/** @type {Record<string, string>} */
const pills = { good: 'bridge.connected', bad: 'bridge.trouble', unknown: 'bridge.unknown' };

/** The short form in the header, the way to the page about it. @param {{bridge: Bridge | null, link: string}} props */
export function BridgePill({ bridge, link }) {
  let tone = 'unknown';
  if (pressing(bridge).length) tone = 'bad';
  else if (bridge && !troubles(bridge).length) tone = 'good';
  const text = t(bridge && tone === 'unknown' ? stateTitle(bridge) : pills[tone]);
  return html`<a class="pill" href=${link} data-tone=${tone} aria-label=${text} title=${text}>
    <${Icon} name=${tone === 'good' ? 'check' : tone === 'bad' ? 'alert' : 'laptop'} />
    <span class="pill-long">${text}</span><span class="pill-short">${t('bridge.short')}</span></a>`;
}

/**
 * What is wrong and what to do, and what waits because of it. Nothing when all
 * is well.
 * @param {{bridge: Bridge | null, now: number, link: string}} props
 */
export function BridgeBar({ bridge, now, link }) {
  if (!bridge) return null;
  const found = pressing(bridge);
  const waiting = waitingText(bridge);
  if (!found.length && !waiting) return null;
  const alert = found.some((trouble) => trouble.alert);
  return html`<section class="banner bridge-bar" aria-label=${t('bridge.title')} data-tone=${found.length ? 'bad' : 'wait'}>
    <${Icon} name=${found.length ? iconOf(found[0].kind) : 'clock'} />
    <div role=${alert ? 'alert' : 'status'}>
      ${found.map((trouble) => html`<${Trouble} key=${trouble.kind} trouble=${trouble} now=${now} />`)}
      ${waiting ? html`<p>${waiting}</p>` : ''}
    </div>
    <a class="button" href=${link}>${t('bridge.open')}</a>
  </section>`;
}

/** @param {{trouble: import('../bridge.js').Trouble, now: number}} props */
export function Trouble({ trouble, now }) {
  const solution = trouble.solution || (trouble.kind === 'problem' ? '' : t(trouble.title === 'bridge.pairing' ? 'bridge.pairSolution' : 'bridge.defaultSolution'));
  return html`<p><b>${t(trouble.title)}.</b> ${trouble.text}
      ${trouble.since ? html` <span class="since" aria-live="off">${t('bridge.since', { time: ago(trouble.since, now) })}</span>` : ''}</p>
    ${solution ? html`<p class="solution">${solution}</p>` : ''}`;
}

/** @param {string} kind */
export function iconOf(kind) {
  return kind === 'silence' || kind === 'unreachable' ? 'laptop' : 'alert';
}

/** What waits, in one line; empty when nothing does. @param {Bridge} bridge */
export function waitingText(bridge) {
  return [
    bridge.replies > 0 ? t('bridge.replies', { count: bridge.replies }) : '',
    bridge.queued > 0 ? t('bridge.queued', { count: bridge.queued }) : '',
    bridge.parked > 0 ? t('bridge.parked', { count: bridge.parked }) : '',
  ].filter(Boolean).join(' · ');
}
