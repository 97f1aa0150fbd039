// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';

/** What to do while there is no ticket at all. @param {{connected: boolean}} props */
export function Empty({ connected }) {
  return html`<section class="empty">
    <h2>${t('empty.title')}</h2>
    <p>${t('empty.intro')}</p>
    <ol>
      <li data-done=${connected ? '' : undefined}><h3>${t('empty.pair')}</h3>
        <p>${connected ? t('empty.paired') : t('empty.pairHow')}</p></li>
      <li><h3>${t('empty.send')}</h3><p>${t('empty.sendHow')}</p></li>
      <li><h3>${t('empty.answer')}</h3><p>${t('empty.answerHow')}</p></li>
    </ol>
  </section>`;
}
