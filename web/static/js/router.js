// @ts-check
/** Which view the address asks for. The address is the only state it has. */
import { signal } from '@preact/signals-core';

/** @typedef {{view: 'list'} | {view: 'bridge'} | {view: 'ticket', id: number}} Route */

/** The view to show now. @type {import('@preact/signals-core').Signal<Route>} */
export const route = signal({ view: 'list' });

/** What follows the address's question mark: the filter of the list, which stays while a ticket is read. */
export const query = signal('');

/** What a hash means; nonsense means the list. @param {string} whole @returns {Route} */
export function parse(whole) {
  const [hash] = whole.split('?');
  if (hash === '#/puente') return { view: 'bridge' };
  const match = /^#\/ticket\/([1-9]\d{0,15})$/.exec(hash);
  return match ? { view: 'ticket', id: Number(match[1]) } : { view: 'list' };
}

/** The hash of a route; parse undoes it. @param {Route} to @param {string} [filter] */
export function href(to, filter = query.value) {
  if (to.view === 'bridge') return '#/puente';
  return (to.view === 'ticket' ? `#/ticket/${to.id}` : '#/') + (filter ? `?${filter}` : '');
}

/** Filters the list beside what is shown; Back does not lead through every letter of it. @param {string} filter */
export function filterBy(filter) {
  window.location.replace(href(route.value.view === 'bridge' ? { view: 'list' } : route.value, filter));
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
  if (to.view === 'list' || to.view === 'ticket') query.value = hash.split('?')[1] ?? '';
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

/** Shows another view, as a click on a link to it would. @param {Route} to */
export function go(to) {
  window.location.hash = href(to);
}
