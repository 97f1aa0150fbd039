// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/**
 * The ways to the main pages: in the header, and at the bottom of a phone.
 * @param {{items: {views: string[], icon: string, text: string, link: string}[], current: string}} props
 */
export function Nav({ items, current }) {
  return html`<nav class="nav" aria-label=${t('nav.label')}><ul>
    ${items.map((item) => html`<li key=${item.link}><a class="nav-link" href=${item.link}
      aria-current=${item.views.includes(current) ? 'page' : undefined}><${Icon} name=${item.icon} /><span>${item.text}</span></a></li>`)}
  </ul></nav>`;
}
