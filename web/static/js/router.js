// @ts-check
/** Which view the address asks for. The address is the only state it has. */
import { signal } from '@preact/signals-core';

/**
 * A view with what its address says beside it: the parts that start with a
 * colon below, and what follows a question mark.
 * @typedef {{view: string, id?: number, section?: string, token?: string, query?: Record<string, string>}} Route
 */

/**
 * Every page of the panel. ":id" is a number above 0, any other name with a
 * colon a word; a part with a question mark may be missing.
 * @type {Record<string, string>}
 */
const pages = {
  list: '',
  ticket: 'ticket/:id',
  customers: 'clientes',
  customer: 'cliente/:id',
  report: 'informes',
  bridge: 'puente',
  settings: 'ajustes/:section?',
  invitation: 'invitacion/:token',
};

/** The view to show now. @type {import('@preact/signals-core').Signal<Route>} */
export const route = signal({ view: 'list' });

/** What follows the question mark of the list's address: its filter, which stays while a ticket is read. */
export const query = signal('');

/** Views that show the list, with its filter in their address. */
const listed = new Set(['list', 'ticket']);

/** What a hash means; nonsense means the list. @param {string} hash @returns {Route} */
export function parse(hash) {
  const [path, search = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const asked = Object.fromEntries(new URLSearchParams(search));
  for (const [view, pattern] of Object.entries(pages)) {
    const found = match(pattern, path);
    if (found) return { view, ...found, ...(Object.keys(asked).length && !listed.has(view) ? { query: asked } : {}) };
  }
  return { view: 'list' };
}

/** What the colon parts of pattern are in path, null when it is another page's. @param {string} pattern @param {string} path */
function match(pattern, path) {
  const wanted = pattern.split('/');
  const parts = path.split('/');
  /** @type {Record<string, string | number>} */
  const found = {};
  if (parts.length > wanted.length) return null;
  for (const [i, want] of wanted.entries()) {
    const part = parts[i] ?? '';
    const [, name, optional] = /^:(\w+)(\?)?$/.exec(want) ?? [];
    if (!name ? part !== want : !fits(name, part) && !(optional && !part)) return null;
    if (name && part) found[name] = name === 'id' ? Number(part) : part;
  }
  return found;
}

/** @param {string} name @param {string} part */
function fits(name, part) {
  return name === 'id' ? /^[1-9]\d{0,15}$/.test(part) : /^[\w-]+$/.test(part);
}

/** The hash of a route; parse undoes it. @param {Route} to @param {string} [filter] of the list, where it is shown */
export function href(to, filter = query.value) {
  const values = /** @type {Record<string, any>} */ (to);
  const path = (pages[to.view] ?? '').replace(/:(\w+)\??/g, (_, name) => String(values[name] ?? '')).replace(/\/$/, '');
  const search = listed.has(to.view) ? filter : new URLSearchParams(to.query ?? {}).toString();
  return `#/${path}${search ? `?${search}` : ''}`;
}

/** Filters the list beside what is shown; Back does not lead through every letter of it. @param {string} filter */
export function filterBy(filter) {
  window.location.replace(href(listed.has(route.value.view) ? route.value : { view: 'list' }, filter));
}

/** Follows the address from now on. @param {Window} window */
export function start(window) {
  const follow = () => {
    // The skip link changes the hash too, and must not change the view.
    if (!isRoute(window.location.hash)) return;
    show(window.location.hash);
  };
  window.addEventListener('hashchange', follow);
  show(window.location.hash);
}

/** @param {string} hash */
function show(hash) {
  const to = parse(hash);
  // Elsewhere the list's filter waits for its return.
  if (listed.has(to.view)) query.value = hash.split('?')[1] ?? '';
  route.value = to;
}

/** @param {string} hash */
function isRoute(hash) {
  return hash === '' || hash.startsWith('#/');
}

/** Puts the panel's own address in place of the login page's. @param {Window} window */
export function leaveLoginPage({ location, history }) {
  if (location.pathname !== '/') history.replaceState(null, '', `/${location.hash}`);
}

/** Shows another view in place of this one: Back does not return here. @param {Route} to */
export function replace(to) {
  window.location.replace(href(to));
}

/** Shows another view, as a click on a link to it would. @param {Route} to */
export function go(to) {
  window.location.hash = href(to);
}
