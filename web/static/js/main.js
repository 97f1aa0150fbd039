// @ts-check
/** Start: texts, session, address, page; then keeps what is shown up to date. */
import { effect } from '@preact/signals-core';
import '@preact/signals';
import { render } from 'preact';
import { refresh as refreshBridge } from './actions/bridge.js';
import { begin as beginConversation, refresh as refreshConversation } from './actions/conversation.js';
import { restore as restoreAlerts } from './actions/alerts.js';
import { loadCategories } from './actions/categories.js';
import { holdPage } from './actions/compose.js';
import { follow, refresh as refreshList, refreshTickets } from './actions/list.js';
import * as live from './actions/live.js';
import { identify } from './actions/session.js';
import { pageTitle } from './format.js';
import { html } from './html.js';
import { language, t, use } from './i18n.js';
import * as keyboard from './keyboard.js';
import { repeat } from './poll.js';
import * as router from './router.js';
import { useSentences } from './said.js';
import * as state from './state.js';
import { Shell } from './views/shell.js';
import { inZone } from './zone.js';

const calm = 30_000;
const talking = 10_000;
/** While the server tells what changes; then only what it cannot tell is found this way. */
const quiet = 120_000;
const offline = 5_000;

/** Who is here, and what would push the page down if it came later: the word on WhatsApp, categories to choose from, the conversation. */
async function begin() {
  await identify();
  if (state.phase.value !== 'ready') return;
  const { view, id } = router.parse(location.hash);
  await Promise.all([refreshBridge(), loadCategories(), view === 'ticket' && id ? beginConversation(id) : null]);
  justBegun = true;
}

/** Whether begin has just read all but the lists. */
let justBegun = false;

async function refreshAll() {
  state.now.value = Date.now();
  if (state.phase.value === 'starting' || !state.online.value) await identify();
  if (state.phase.value !== 'ready') return;
  await (justBegun ? refreshTickets() : refreshList());
  justBegun = false;
}

/** What changes faster than the list, where somebody looks at it. */
async function refreshOpen() {
  if (justBegun) return;
  await refreshConversation();
  if (state.phase.value === 'ready' && router.route.value.view === 'bridge') await refreshBridge();
}

async function main() {
  await Promise.all([loadTexts().then(use), loadSentences().then(useSentences), begin()]);
  state.now.value = Date.now();
  restoreAlerts();
  router.start(window);
  keyboard.start();
  skipToContent();
  addEventListener('beforeunload', holdPage);
  const again = repeat(refreshAll, () => pace(calm));
  repeat(refreshOpen, () => pace(talking));
  watchWidth();
  effect(() => {
    if (state.phase.value !== 'ready') return;
    router.leaveLoginPage(window);
    queueMicrotask(again);
    queueMicrotask(live.start);
    queueMicrotask(loadCategories);
    return live.stop;
  });
  effect(() => {
    const query = router.query.value;
    queueMicrotask(() => follow(query));
  });
  effect(() => inZone(state.session.value?.zone ?? ''));
  effect(() => {
    document.title = pageTitle(state.session.value?.business ?? 'Mostrador', state.summary.value?.pending ?? 0);
  });
  render(html`<${Shell} onRetry=${again} />`, /** @type {HTMLElement} */ (document.getElementById('app')));
}

/** The address is the one that js/boot.js has asked for already. */
function loadTexts() {
  return load(`../i18n/${language().slice(0, 2)}.json`);
}

/** What the server says, which says it in Spanish. */
async function loadSentences() {
  return language() === 'es' ? {} : load(`../i18n/server/${language().slice(0, 2)}.json`);
}

/** @param {string} path */
async function load(path) {
  return (await fetch(new URL(path, import.meta.url))).json();
}

/** How long to wait before asking again. @param {number} usual */
function pace(usual) {
  if (!state.online.value) return offline;
  return state.live.value ? quiet : usual;
}

/** Knows whether the list has room beside a conversation. */
function watchWidth() {
  const wide = matchMedia('(min-width: 68.75rem)');
  const see = () => {
    state.wide.value = wide.matches;
  };
  wide.addEventListener('change', see);
  see();
}

/** The skip link moves the focus; followed as a link it would lose the view's address. */
function skipToContent() {
  const link = document.querySelector('.skip-link');
  if (link) link.textContent = t('app.skip');
  link?.addEventListener('click', (event) => {
    event.preventDefault();
    document.getElementById('contenido')?.focus();
  });
}

main().catch(() => dispatchEvent(new Event('fallo')));
