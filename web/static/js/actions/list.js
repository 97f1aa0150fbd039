// @ts-check
/** Fetching and filtering the tickets, and what surrounds them. */
import { api } from '../api.js';
import { parse } from '../filter.js';
import { t } from '../i18n.js';
import { searched } from '../listing.js';
import * as state from '../state.js';
import { refresh as refreshBridge } from './bridge.js';
import { guard, latest, order, sentence } from './guard.js';
import { say } from './toast.js';

export const { tableLink } = api;

const ask = order();
const pageSize = 50;
const most = 500; // that the server gives at once
/** How many pages without a match follow each other before the person is asked. */
const emptyPages = 40;

/** Fetches again whatever the list, its tabs and the bar on top show. */
export async function refresh() {
  await Promise.all([refreshList(), refreshSummary(), refreshBridge()]);
}

/** Fetches again what the list and its tabs show. */
export async function refreshTickets() {
  await Promise.all([refreshList(), refreshSummary()]);
}

async function refreshList() {
  const { query, tickets } = state.list.value;
  const limit = Math.min(Math.max(tickets.length, pageSize), most);
  const filter = parse(query);
  const newer = ask();
  try {
    const page = await latest(() => api.tickets(filter, { limit }));
    if (!newer() || state.list.value.query !== query) return;
    state.list.value = filter.text.trim() ? searched(state.list.value, page) : state.refreshed(state.list.value, page);
    keepPicked();
    announceFresh();
  } catch (cause) {
    const old = state.list.value;
    if (old.query === query && old.phase !== 'ready') state.list.value = { ...old, phase: 'failed', error: sentence(cause) };
  }
}

/** What is not shown any more is not picked any more: nobody would see what becomes of it. */
function keepPicked() {
  const shown = new Set(state.list.value.tickets.map(({ id }) => id));
  if (state.picked.value.some((id) => !shown.has(id))) state.picked.value = state.picked.value.filter((id) => shown.has(id));
}

function announceFresh() {
  const count = state.list.value.fresh.length;
  if (count > 0) state.announcement.value = t('list.fresh', { count });
}

async function refreshSummary() {
  try {
    state.summary.value = await guard(api.summary);
  } catch {
    // The counts stay as they were; the banner says that the server is away.
  }
}

/** Shows what the address asks for. @param {string} query */
export async function follow(query) {
  const { newest, query: before } = state.list.value;
  if (query === before) return;
  state.list.value = { ...state.emptyList, query, newest };
  state.picked.value = [];
  if (state.phase.value === 'ready') await refreshList();
}

let loading = false;

/** Adds the next older page; of a rare filter as many as it takes to find some. */
export async function loadMore() {
  if (loading) return;
  loading = true;
  try {
    for (let pages = 0; pages < emptyPages && (await addPage()); pages++);
  } finally {
    loading = false;
  }
}

/** Adds one page. @returns {Promise<boolean>} whether it was empty and others follow */
async function addPage() {
  const { query, next } = state.list.value;
  if (!next) return false;
  try {
    const page = await guard(() => api.tickets(parse(query), { before: next, limit: pageSize }));
    if (state.list.value.query !== query || state.list.value.next !== next) return false;
    state.list.value = state.extended(state.list.value, page);
    return page.tickets.length === 0 && page.next !== '';
  } catch (cause) {
    say(sentence(cause), null);
    return false;
  }
}
