// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/** @typedef {import('../drafting.js').Drafting} Data */

/**
 * Above the reply box: asks for a suggested reply, and what became of that.
 * @param {{assist: Data, onSuggest: () => void, onAccept: (text: string) => void, onDecline: () => void}} props
 */
export function Suggestion({ assist, onSuggest, onAccept, onDecline }) {
  const { busy, error, notice, suggestion } = assist;
  return html`<div class="assist">
    ${error ? html`<p class="composer-note" data-tone="bad" role="alert"><${Icon} name="alert" />${error}</p>` : ''}
    ${notice ? html`<p class="composer-note" data-tone="wait"><${Icon} name="alert" />${notice}</p>` : ''}
    ${suggestion ? html`<section class="assist-offer" aria-label=${t('assist.offer')}>
      <p class="assist-label">${t('assist.offer')}</p>
      <p class="assist-text" dir="auto">${suggestion}</p>
      <p class="assist-choice">
        <button type="button" class="button button-primary" onClick=${() => onAccept(suggestion)}>${t('assist.replace')}</button>
        <button type="button" class="button" onClick=${onDecline}>${t('assist.keep')}</button>
      </p>
    </section>` : ''}
    <button type="button" class="button assist-ask" disabled=${busy !== ''} onClick=${onSuggest}>
      ${busy === 'suggesting' ? html`<span class="spinner"></span>${t('assist.thinking')}` : html`<${Icon} name="spark" />${t('assist.suggest')}`}</button>
  </div>`;
}

/** In the header: asks for a summary. @param {{assist: Data, onSummarise: () => void}} props */
export function SummaryButton({ assist, onSummarise }) {
  return html`<button type="button" class="button" disabled=${assist.busy !== ''} onClick=${onSummarise}>
    ${assist.busy === 'summarising' ? html`<span class="spinner"></span>${t('assist.thinking')}` : html`<${Icon} name="spark" />${t('assist.summarise')}`}</button>`;
}

/** What the conversation is about, between header and messages. @param {{text: string, onClose: () => void}} props */
export function Summary({ text, onClose }) {
  if (!text) return null;
  return html`<section class="summary" aria-label=${t('assist.summary')}>
    <p class="assist-label">${t('assist.summary')}</p>
    <p class="assist-text" dir="auto">${text}</p>
    <button type="button" class="button button-icon" aria-label=${t('assist.closeSummary')} title=${t('assist.closeSummary')} onClick=${onClose}><${Icon} name="close" /></button>
  </section>`;
}

/** What a voice note says. @param {{text: string}} props */
export function Transcription({ text }) {
  if (!text) return null;
  return html`<div class="transcription"><p class="assist-label">${t('file.transcription')}</p><p dir="auto">${text}</p></div>`;
}
