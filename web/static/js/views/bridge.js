// @ts-check
import { useEffect } from 'preact/hooks';
import { forgetRetry, refresh, retryParked } from '../actions/bridge.js';
import { clockIsWrong, clockState, links, retryPhase, stateTitle, troubles } from '../bridge.js';
import { Trouble } from '../components/bridge-bar.js';
import { BridgePicture } from '../components/bridge-picture.js';
import { Figure } from '../components/figure.js';
import { Icon } from '../components/icon.js';
import { Parked } from '../components/parked.js';
import { Time } from '../components/time.js';
import { ago, count, duration, exact, timeOfDay } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { href } from '../router.js';
import * as state from '../state.js';
import { EndSession, PairingCard } from './pairing.js';

/** @typedef {import('../bridgewire.js').Bridge} Bridge */

/** How WhatsApp and the laptop are, and what waits there. */
export function BridgePage() {
  useEffect(() => {
    state.now.value = Date.now();
    refresh();
    return forgetRetry;
  }, []);
  const bridge = state.bridge.value;
  return html`<main class="page bridge" id="contenido" tabindex="-1">
    <div class="bridge-top"><a class="button button-icon" href=${href({ view: 'list' })} aria-label=${t('chat.back')} title=${t('chat.back')}><${Icon} name="back" /></a>
      <h1>${t('bridge.title')}</h1></div>
    ${bridge ? html`<${State} bridge=${bridge} /><${PairingCard} /><${Figures} bridge=${bridge} /><${Tray} bridge=${bridge} /><${Details} bridge=${bridge} />`
    : html`<p class="hint" role="status"><span class="spinner"></span>${t('bridge.loading')}</p>`}
  </main>`;
}

/** @param {{bridge: Bridge}} props */
function State({ bridge }) {
  const found = troubles(bridge);
  return html`<section class="card bridge-state" data-tone=${found.length ? 'bad' : 'good'}>
    <${BridgePicture} links=${links(bridge)} />
    <div role="status">
      ${found.length ? found.map((trouble) => html`<${Trouble} key=${trouble.kind} trouble=${trouble} now=${state.now.value} />`)
    : html`<h2>${t(stateTitle(bridge))}</h2><p>${t('bridge.fine')}</p>`}
      <p class="bridge-heard" aria-live="off">${bridge.heard ? html`${t('bridge.heard')} <${Time} date=${bridge.heard} now=${state.now.value} />` : t('bridge.neverHeard')}</p>
    </div>
  </section>`;
}

/** @param {{bridge: Bridge}} props */
function Figures({ bridge }) {
  const { received, delivered, queued, oldest, startedAt } = bridge;
  const now = state.now.value;
  const since = startedAt ? t('bridge.sinceStart', { time: ago(startedAt, now) }) : '';
  const stale = !bridge.reachable && bridge.heard ? t('figure.stale') : '';
  const number = (/** @type {number | null} */ n) => (n === null ? t('bridge.notKnown') : count(n));
  return html`<dl class="figures" aria-label=${t('bridge.figures')}>
    <${Figure} name=${t('figure.received')} value=${number(received)} note=${received === null ? t('figure.noBeat') : since} />
    <${Figure} name=${t('figure.queued')} value=${count(queued)} note=${stale || t('figure.queuedNote')} tone=${queued > 0 ? 'wait' : undefined} />
    <${Figure} name=${t('figure.delivered')} value=${number(delivered)} note=${delivered === null ? t('figure.noBeat') : since} />
    <${Figure} name=${t('figure.oldest')} value=${oldest ? duration(now - oldest.getTime()) : t('bridge.notKnown')}
      note=${stale || t(queued > 0 ? 'figure.oldestNote' : 'figure.nothing')} tone=${oldest && now - oldest.getTime() > 300_000 ? 'wait' : undefined} />
  </dl>`;
}

/** @param {{bridge: Bridge}} props */
function Tray({ bridge }) {
  const { tray, parked, heard } = bridge;
  const retry = state.retry.value;
  const total = Math.max(parked, tray.length);
  return html`<section class="card tray" aria-labelledby="apartados">
    <div class="tray-top"><h2 id="apartados">${t('tray.title')}${total ? html` <span class="tab-count">${count(total)}</span>` : ''}</h2>
      ${total ? html`<button type="button" class="button button-soft" aria-disabled=${retry.phase === 'sending' ? 'true' : undefined}
        onClick=${() => retryParked([])}>${t('tray.retryAll')}</button>` : ''}</div>
    <p class="tray-note">${t(total ? 'tray.intro' : 'tray.empty')}</p>
    <p class="tray-result" role="status" data-tone=${retry.phase === 'failed' ? 'bad' : 'good'}>${retry.message
    ? html`<${Icon} name=${retry.phase === 'failed' ? 'alert' : 'check'} /><span>${retry.message}</span>` : ''}</p>
    ${tray.length ? html`<ul>${tray.map((message) => html`<${Parked} key=${message.key} message=${message} now=${state.now.value}
      phase=${retryPhase(retry, message.key, heard)} onRetry=${() => retryParked([message.key])} />`)}</ul>` : ''}
    ${total > tray.length ? html`<p class="tray-note">${t('tray.more', { count: total - tray.length })}</p>` : ''}
  </section>`;
}

/** @param {{bridge: Bridge}} props */
function Details({ bridge }) {
  const now = state.now.value;
  const rows = [
    ['detail.account', bridge.account],
    ['detail.replies', bridge.replies ? t('detail.repliesSince', { count: bridge.replies, time: bridge.oldestReply ? duration(now - bridge.oldestReply.getTime()) : '' }) : t('detail.noReplies')],
    ['detail.files', bridge.heard ? count(bridge.files) : ''],
    ['detail.damaged', bridge.heard ? damagedText(bridge.damaged) : ''],
    ['detail.clock', clockText(bridge.clock)],
    ['detail.started', ago(bridge.startedAt, now)],
    ['detail.link', linkText(bridge)],
    ['detail.laptop', bridge.laptop],
    ['detail.version', bridge.version],
    ['detail.library', bridge.library],
  ].filter(([, value]) => value);
  return html`<section class="card" aria-labelledby="detalles"><h2 id="detalles">${t('detail.title')}</h2>
    <dl class="details">${rows.map(([key, value]) => html`<div key=${key}><dt>${t(key)}</dt><dd>${value}</dd></div>`)}</dl>
    <${EndSession} />
  </section>`;
}

/** Which way replies take to the laptop. @param {Bridge} bridge */
function linkText({ link, linkSince, linkNote }) {
  switch (link) {
    case 'reverse': return t('detail.linkReverse', { time: linkSince && state.now.value - linkSince.getTime() > 86_400_000 ? exact(linkSince) : timeOfDay(linkSince) });
    case 'direct': return [t('detail.linkDirect'), linkNote].filter(Boolean).join('. ');
    case 'none': return [t('detail.linkNone'), linkNote || t('detail.linkHow')].join('. ');
    default: return '';
  }
}

/** @param {number} damaged */
function damagedText(damaged) {
  return damaged ? t('detail.damagedHow', { count: damaged }) : t('detail.none');
}

/** @param {number | null} clock */
function clockText(clock) {
  const time = duration(Math.abs(clock ?? 0) * 1000);
  switch (clockState(clock)) {
    case 'same': return t('detail.clockSame');
    case 'ahead': return t(clockIsWrong(clock) ? 'detail.clockAheadFix' : 'detail.clockAhead', { time });
    case 'behind': return t(clockIsWrong(clock) ? 'detail.clockBehindFix' : 'detail.clockBehind', { time });
    default: return '';
  }
}
