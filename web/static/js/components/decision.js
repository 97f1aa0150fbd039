// @ts-check
import { oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { useKeptFocus } from './focus.js';

/** What a person can do about a reply that does not go by itself. @type {Record<string, string>} */
const goes = { failed: 'decision.retry', limited: 'decision.retry', confirm: 'decision.sendNow' };

/**
 * Lets a person send a reply after all, or take it back; nothing for one that
 * needs nobody.
 * @param {{message: import('../wire.js').Message, busy: boolean, onRetry: (id: number) => void, onDiscard: (id: number) => void}} props
 */
export function Decision({ message, busy, onRetry, onDiscard }) {
  const element = useKeptFocus();
  const go = goes[message.delivery];
  const text = oneLine(message.text).slice(0, 60);
  const button = (/** @type {string} */ action, /** @type {(id: number) => void} */ act, style = '') => html`<button type="button"
    class=${`button ${style}`} disabled=${busy} aria-label=${t('decision.about', { action, text })} onClick=${() => act(message.id)}>${action}</button>`;
  return html`<div class="decision" ref=${element} tabindex="-1">
    ${go ? html`${button(t(go), onRetry, message.delivery === 'limited' ? '' : 'button-primary')}${button(t('decision.discard'), onDiscard)}` : ''}
  </div>`;
}
