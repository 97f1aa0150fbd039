// @ts-check
/** Fetching and filtering the tickets, and what surrounds them. */
import { api } from '../api.js';
import { t } from '../i18n.js';
import * as state from '../state.js';
import { refresh as refreshBridge } from './bridge.js';
import { guard, latest, sentence } from './guard.js';

const pageSize = 50;
const most = 200;

/** Fetches again whatever the list, its tabs and the bar on top show. */
export async function refresh() {
  await Promise.all([refreshList(), refreshSummary(), refreshBridge()]);
}

async function refreshList() {
  const { status, tickets } = state.list.value;
  const limit = Math.min(Math.max(tickets.length, pageSize), most);
  try {
    const page = await latest(() => api.tickets({ status, limit }));
    if (state.list.value.status !== status) return;
    state.list.value = state.refreshed(state.list.value, page);
    announceFresh();
  } catch (cause) {
    const old = state.list.value;
    if (old.phase !== 'ready') state.list.value = { ...old, phase: 'failed', error: sentence(cause) };
  }
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

/** Shows only tickets of a status, '' for all. @param {string} status */
export async function filter(status) {
  const { newest } = state.list.value;
  state.list.value = { ...state.emptyList, status, newest };
  await refresh();
}

/** Adds the next older page. */
export async function loadMore() {
  const { status, next } = state.list.value;
  try {
    const page = await guard(() => api.tickets({ status, before: next, limit: pageSize }));
    if (state.list.value.status === status && state.list.value.next === next) {
      state.list.value = state.extended(state.list.value, page);
    }
  } catch (cause) {
    state.announcement.value = sentence(cause);
  }
}
