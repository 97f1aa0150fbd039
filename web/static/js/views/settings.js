// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { href } from '../router.js';
import * as state from '../state.js';
import { AccountSettings } from './settings-account.js';
import { AuditSettings } from './settings-audit.js';
import { BusinessSettings } from './settings-business.js';
import { CategorySettings } from './settings-categories.js';
import { CannedSettings } from './settings-canned.js';
import { CopySettings } from './settings-copies.js';
import { HoursSettings } from './settings-hours.js';
import { KeepSettings } from './settings-keep.js';
import { NoticeSettings } from './settings-notices.js';
import { UserSettings } from './settings-users.js';

/**
 * The pages of the settings: the end of the address, the text that names it,
 * the least role that sees it, and what shows it.
 * @type {{path: string, title: string, role: import('../wire.js').Role, view: any}[]}
 */
const sections = [
  { path: 'negocio', title: 'settings.business', role: 'admin', view: BusinessSettings },
  { path: 'horario', title: 'hours.title', role: 'admin', view: HoursSettings },
  { path: 'categorias', title: 'categories.title', role: 'reader', view: CategorySettings },
  { path: 'respuestas', title: 'canned.settings', role: 'admin', view: CannedSettings },
  { path: 'avisos', title: 'notices.title', role: 'reader', view: NoticeSettings },
  { path: 'usuarios', title: 'users.title', role: 'admin', view: UserSettings },
  { path: 'cuenta', title: 'account.title', role: 'reader', view: AccountSettings },
  { path: 'conservar', title: 'keep.title', role: 'admin', view: KeepSettings },
  { path: 'copias', title: 'copies.title', role: 'admin', view: CopySettings },
  { path: 'auditoria', title: 'audit.title', role: 'admin', view: AuditSettings },
];

/** One section of the settings beside the ways to the others. @param {{section?: string}} props */
export function Settings({ section }) {
  const seen = sections.filter((one) => state.may(state.session.value, one.role));
  const shown = seen.find((one) => one.path === section) ?? seen[0];
  return html`<main class="page settings" id="contenido" tabindex="-1">
    <h1>${t('nav.settings')}</h1>
    <nav class="settings-nav" aria-label=${t('settings.sections')}><ul>
      ${seen.map((one) => html`<li key=${one.path}><a class="nav-link" href=${href({ view: 'settings', section: one.path })}
        aria-current=${one === shown ? 'page' : undefined}>${t(one.title)}</a></li>`)}
    </ul></nav>
    <div class="settings-body"><${shown.view} key=${shown.path} /></div>
  </main>`;
}
