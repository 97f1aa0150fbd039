// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/** @type {Record<string, string>} */
const titles = { disconnected: 'bridge.disconnected', unreachable: 'bridge.unreachable' };

/** The short form in the header, when all is well. @param {{state: string}} props */
export function BridgePill({ state }) {
  if (state !== 'connected') return null;
  return html`<span class="pill" role="img" aria-label=${t('bridge.connected')} title=${t('bridge.connected')}><${Icon} name="check" />
    <span class="pill-long">${t('bridge.connected')}</span><span class="pill-short">${t('bridge.short')}</span></span>`;
}

/**
 * Why WhatsApp is away and what to do, and what waits because of it. Nothing
 * when all is well.
 * @param {{state: string, bridge: import('../wire.js').Bridge | null}} props
 */
export function BridgeBar({ state, bridge }) {
  if (!bridge) return null;
  const waiting = [
    bridge.replies > 0 ? t('bridge.replies', { count: bridge.replies }) : '',
    bridge.queued > 0 ? t('bridge.queued', { count: bridge.queued }) : '',
    bridge.parked > 0 ? t('bridge.parked', { count: bridge.parked }) : '',
  ].filter(Boolean).join(' · ');
  const title = titles[state];
  if (!title) return waiting ? html`<div class="banner" data-tone="wait" role="status"><${Icon} name="clock" /><p>${waiting}</p></div>` : null;
  return html`<div class="banner" data-tone="bad" role="status"><${Icon} name=${state === 'unreachable' ? 'laptop' : 'alert'} />
    <div>
      <p><b>${t(title)}.</b> ${bridge.reason}</p>
      <p>${bridge.solution || t('bridge.defaultSolution')}</p>
      ${waiting ? html`<p>${waiting}</p>` : ''}
    </div>
  </div>`;
}
