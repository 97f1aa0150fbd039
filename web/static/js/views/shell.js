// @ts-check
import { useEffect, useState } from 'preact/hooks';
import { permission, setNotices, setSound } from '../actions/alerts.js';
import { logOut } from '../actions/session.js';
import { AlertSwitch } from '../components/alert-switch.js';
import { BridgeBar, BridgePill } from '../components/bridge-bar.js';
import { CopyBar } from '../components/copies.js';
import { whenIdle } from '../components/gradual.js';
import { Help } from '../components/help.js';
import { Icon } from '../components/icon.js';
import { Lightbox } from '../components/lightbox.js';
import { Nav } from '../components/nav.js';
import { Toast } from '../components/toast.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { isEmpty } from '../listing.js';
import { href, route } from '../router.js';
import * as state from '../state.js';
import { Conversation } from './conversation.js';
import { Invitation } from './invitation.js';
import { later } from './later.js';
import { Login } from './login.js';
import { PreferencesButton } from './preferences.js';
import { TicketList } from './ticket-list.js';

const others = () => import('./others.js');
const BridgePage = later(() => others().then((it) => it.BridgePage));
const Customer = later(() => others().then((it) => it.Customer));
const Customers = later(() => others().then((it) => it.Customers));
const Report = later(() => others().then((it) => it.Report));
const Settings = later(() => others().then((it) => it.Settings));

/** What shows each view of the router. @type {Record<string, any>} */
const pages = { list: TicketList, ticket: Reading, customers: Customers, customer: Customer, report: Report, bridge: BridgePage, settings: Settings };

/** Everything: the view the address asks for, and what surrounds every view. @param {{onRetry: () => void}} props */
export function Shell({ onRetry }) {
  return html`<div class="frame" data-view=${state.phase.value === 'ready' ? route.value.view : state.phase.value}>
    ${state.online.value ? '' : html`<${Offline} onRetry=${onRetry} />`}
    <${View} />
    <${Overlays} />
    <p class="visually-hidden" role="status" aria-live="polite">${state.announcement.value}</p>
  </div>`;
}

function View() {
  if (state.phase.value === 'starting') return html`<main class="page" id="contenido"><p class="hint"><span class="spinner"></span>${t('app.starting')}</p></main>`;
  if (route.value.view === 'invitation') return html`<${Invitation} key=${route.value.token} token=${route.value.token} />`;
  if (state.phase.value === 'login') return html`<div class="login-top"><${PreferencesButton} /></div><${Login} />`;
  const to = route.value;
  // The page about the bridge and the first steps say it all themselves.
  const told = to.view === 'bridge' || (to.view === 'list' && isEmpty(state.list.value));
  return html`<${Header} />
    ${told ? '' : html`<${BridgeBar} bridge=${state.bridge.value} now=${state.now.value} link=${href({ view: 'bridge' })} />`}
    ${state.session.value?.gaveUp && to.section !== 'avisos' ? html`<${GaveUp} count=${state.session.value.gaveUp} />` : ''}
    ${state.may(state.session.value, 'admin') && to.section !== 'copias' ? html`<${CopyBar} alerts=${state.bridge.value?.alerts ?? []} now=${state.now.value} link=${href({ view: 'settings', section: 'copias' })} />` : ''}
    <${pages[to.view]} key=${to.view === 'ticket' ? 'ticket' : `${to.view}/${to.id ?? ''}`} ...${to} />`;
}

/** Says that notices do not leave any more. @param {{count: number}} props */
function GaveUp({ count }) {
  return html`<div class="banner" data-tone="bad" role="status"><${Icon} name="bell" /><p>${t('notices.banner', { count })}</p>
    <a class="button" href=${href({ view: 'settings', section: 'avisos' })}>${t('notices.bannerLink')}</a></div>`;
}

/** How long the list waits for the conversation at most, in milliseconds. */
const patience = 1500;

/** A conversation, beside the list where there is room. @param {{id: number}} props */
function Reading({ id }) {
  const wide = state.wide.value;
  // What was asked for comes first, and the list that is not here yet after it.
  const [beside, setBeside] = useState(state.list.value.phase !== 'loading');
  const reading = state.conversation.value.id === id && state.conversation.value.phase !== 'loading';
  useEffect(() => (reading && !beside ? whenIdle(() => setBeside(true)) : undefined), [reading, beside]);
  useEffect(() => {
    const timer = setTimeout(() => setBeside(true), patience);
    return () => clearTimeout(timer);
  }, []);
  const list = beside ? html`<${TicketList} key="list" open=${id} />`
    : html`<aside class="page list-pane" aria-label=${t('list.title')}><p class="hint"><span class="spinner"></span>${t('list.loading')}</p></aside>`;
  // A window that gets wider or narrower keeps the conversation as it stands.
  return html`<div class=${wide ? 'split' : 'alone'}>${wide ? list : ''}<${Conversation} key=${id} id=${id} /></div>`;
}

function Header() {
  const session = state.session.value;
  return html`<header class="top">
    <a class="brand" href=${href({ view: 'list' }, '')} title=${t('app.home')}>${session?.business ?? t('app.name')}</a>
    <${Nav} items=${navigation()} current=${route.value.view} />
    <${BridgePill} bridge=${state.online.value ? state.bridge.value : null} link=${href({ view: 'bridge' })} />
    <${PreferencesButton} />
    <${LivePill} />
    <button type="button" class="button button-icon" aria-label=${t('alerts.title')} title=${t('alerts.title')}
      onClick=${() => { state.alerts.value = { ...state.alerts.value, open: true }; }}><${Icon} name="bell" /></button>
    <button type="button" class="button button-icon" aria-label=${t('app.help')} title=${t('app.help')}
      onClick=${() => { state.helpOpen.value = true; }}><${Icon} name="help" /></button>
    ${session?.login ? html`<a class="top-user" href=${href({ view: 'settings', section: 'cuenta' })} title=${t('account.title')}><bdi>${session.user}</bdi></a>
      <button type="button" class="button" onClick=${logOut}><${Icon} name="out" /><span class="top-label">${t('app.logOut')}</span></button>` : ''}
  </header>`;
}

/** The ways to the pages that are not on the way from another. */
function navigation() {
  return [
    { views: ['list', 'ticket'], icon: 'inbox', text: t('nav.tickets'), link: href({ view: 'list' }) },
    { views: ['customers', 'customer'], icon: 'people', text: t('nav.customers'), link: href({ view: 'customers' }) },
    { views: ['report'], icon: 'chart', text: t('nav.report'), link: href({ view: 'report' }) },
    { views: ['bridge'], icon: 'chat', text: t('nav.bridge'), link: href({ view: 'bridge' }) },
    { views: ['settings'], icon: 'settings', text: t('nav.settings'), link: href({ view: 'settings' }) },
  ];
}

/** Says when what changes is not heard of at once. */
function LivePill() {
  if (state.live.value || !state.online.value) return null;
  return html`<span class="pill" data-tone="wait" role="status" title=${t('live.offWhy')}><${Icon} name="clock" /><span class="pill-long">${t('live.off')}</span></span>`;
}

/** @param {{onRetry: () => void}} props */
function Offline({ onRetry }) {
  return html`<div class="banner banner-offline" data-tone="bad" role="alert"><${Icon} name="alert" /><p>${t('app.offline')}</p>
    <button type="button" class="button" onClick=${onRetry}>${t('app.retry')}</button></div>`;
}

function Overlays() {
  const photos = state.lightbox.value;
  const { toast, alerts } = state;
  const close = () => { alerts.value = { ...alerts.value, open: false }; };
  return html`
    ${toast.value ? html`<${Toast} text=${toast.value.text} onUndo=${toast.value.undo} onClose=${() => { toast.value = null; }} />` : ''}
    ${alerts.value.open ? html`<${AlertSwitch} ...${alerts.value} permission=${permission()} onSound=${setSound} onNotices=${setNotices} onClose=${close} />` : ''}
    ${photos ? html`<${Lightbox} ...${photos} onMove=${(/** @type {number} */ index) => { state.lightbox.value = { ...photos, index }; }}
      onClose=${() => { state.lightbox.value = null; }} />` : ''}
    ${state.helpOpen.value ? html`<${Help} notice=${state.session.value?.notice ?? ''} onClose=${() => { state.helpOpen.value = false; }} />` : ''}`;
}
