// @ts-check
/** Pure: the list's filter as the address has it, and as the panel works with it. */
import { dayStart, home } from './zone.js';

/**
 * @typedef {{statuses: string[], categories: string[], priorities: string[], assignee: string, contact: string,
 *   from: string, until: string, photo: string, unread: boolean, text: string}} Filter
 */

/** Lets every ticket through. @type {Filter} */
export const everything = {
  statuses: [], categories: [], priorities: [], assignee: '', contact: '', from: '', until: '', photo: '', unread: false, text: '',
};

const statuses = { pending: 'pendiente', in_progress: 'en_proceso', waiting: 'esperando_cliente', resolved: 'resuelto' };
const priorities = { urgent: 'urgente', high: 'alta', normal: 'normal', low: 'baja' };
const photos = { with: 'con', without: 'sin' };

/** What the address asks for; nonsense in it asks for nothing. @param {string} query @returns {Filter} */
export function parse(query) {
  const params = new URLSearchParams(query);
  const one = (/** @type {string} */ name, /** @type {RegExp} */ shape) => (shape.test(params.get(name) ?? '') ? params.get(name) ?? '' : '');
  return {
    statuses: words(params.getAll('estado'), statuses),
    categories: params.getAll('categoria').filter(Boolean),
    priorities: words(params.getAll('prioridad'), priorities),
    assignee: one('asignado', /^(yo|nadie|[1-9]\d{0,15})$/),
    contact: one('cliente', /^[1-9]\d{0,15}$/),
    from: one('desde', /^\d{4}-\d\d-\d\d$/),
    until: one('hasta', /^\d{4}-\d\d-\d\d$/),
    photo: words([params.get('foto') ?? ''], photos)[0] ?? '',
    unread: params.get('sin_leer') === 'si',
    text: (params.get('q') ?? '').slice(0, 200),
  };
}

/** The panel's words for some of the address's. @param {string[]} all @param {Record<string, string>} table */
function words(all, table) {
  return Object.keys(table).filter((word) => all.includes(table[word]));
}

/** The address of a filter; parse undoes it. @param {Filter} filter */
export function query(filter) {
  const params = new URLSearchParams();
  const add = (/** @type {string} */ name, /** @type {string | undefined} */ value) => value && params.append(name, value);
  for (const status of filter.statuses) add('estado', /** @type {any} */ (statuses)[status]);
  for (const category of filter.categories) add('categoria', category);
  for (const priority of filter.priorities) add('prioridad', /** @type {any} */ (priorities)[priority]);
  add('asignado', filter.assignee);
  add('cliente', filter.contact);
  add('desde', filter.from);
  add('hasta', filter.until);
  add('foto', /** @type {any} */ (photos)[filter.photo]);
  add('sin_leer', filter.unread ? 'si' : '');
  add('q', filter.text.trim());
  return params.toString();
}

/** How many conditions, other than the status and the text, a filter has. @param {Filter} filter */
export function conditions(filter) {
  const { categories, priorities, assignee, contact, from, until, photo, unread } = filter;
  return [categories.length, priorities.length, assignee, contact, from, until, photo, unread].filter(Boolean).length;
}

/**
 * A filter as the server's parameters. Days begin and end where the business is.
 * @param {Filter} filter
 * @returns {URLSearchParams}
 */
export function parameters(filter) {
  const params = new URLSearchParams(query({ ...filter, statuses: [], categories: [], priorities: [] }));
  const list = (/** @type {string} */ name, /** @type {string[]} */ all) => all.length && params.set(name, all.join(','));
  list('estado', filter.statuses.map((status) => /** @type {any} */ (statuses)[status]));
  list('prioridad', filter.priorities.map((priority) => /** @type {any} */ (priorities)[priority]));
  for (const category of filter.categories) params.append('categoria', category); // whose name may have commas
  if (filter.unread) params.set('sin_leer', 'true');
  day(params, 'desde', filter.from, 0);
  day(params, 'hasta', filter.until, 1);
  return params;
}

/**
 * A filter, without its text, as the server's parameters for a table of all its
 * tickets. The columns are parted as spreadsheets of the reader's country expect:
 * by a semicolon where decimals have a comma.
 * @param {Filter} filter @param {string} [locale] the browser's, with its country
 */
export function table(filter, locale = navigator.language) {
  const params = parameters({ ...filter, text: '' });
  const decimal = new Intl.NumberFormat(locale).formatToParts(1.5).find((part) => part.type === 'decimal')?.value;
  params.set('separador', decimal === ',' ? 'punto_y_coma' : 'coma');
  params.set('zona', home() || Intl.DateTimeFormat().resolvedOptions().timeZone);
  return params;
}

/** @param {URLSearchParams} params @param {string} name @param {string} date @param {number} later days */
function day(params, name, date, later) {
  if (!date) return;
  const [year, month, of] = date.split('-').map(Number);
  params.set(name, dayStart(year, month, of + later).toISOString());
}
