// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import * as state from '../state.js';

/** What customers and the panel call the business. */
export function BusinessSettings() {
  const session = state.session.value;
  return html`<section class="card" aria-labelledby="negocio"><h2 id="negocio">${t('settings.business')}</h2>
    <dl class="details"><div><dt>${t('settings.name')}</dt><dd>${session?.business}</dd></div>
      <div><dt>${t('help.notice')}</dt><dd dir="auto">${session?.notice}</dd></div></dl></section>`;
}
