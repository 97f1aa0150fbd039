// @ts-check
import { useEffect, useState } from 'preact/hooks';
import { tableLink } from '../actions/list.js';
import { deleteView, loadViews, saveView } from '../actions/views.js';
import { FilterBar } from '../components/filter-bar.js';
import { Icon } from '../components/icon.js';
import { SavedViews } from '../components/saved-views.js';
import { SearchBox } from '../components/search-box.js';
import { StatusTabs } from '../components/status-tabs.js';
import * as filters from '../filter.js';
import { categories as known, usable } from '../categories.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { filterBy, href } from '../router.js';
import * as state from '../state.js';

/** Categories that somebody can mean: those in use, and those of the tickets that are here. @returns {string[]} */
export function categories() {
  const here = state.list.value.tickets.map((ticket) => ticket.category).filter(Boolean).sort((a, b) => a.localeCompare(b));
  return [...new Set([...usable(known.value).map((one) => one.name), ...here])];
}

/** What chooses the tickets of the list. @param {{filter: filters.Filter, query: string}} props */
export function ListTop({ filter, query }) {
  const conditions = filters.conditions(filter);
  // Conditions are shown unless the person folded them away.
  const [chosen, setChosen] = useState(/** @type {boolean | null} */ (null));
  const open = chosen ?? conditions > 0;
  useEffect(() => {
    loadViews();
  }, []);
  const change = (/** @type {filters.Filter} */ next) => filterBy(filters.query(next));
  const edit = (/** @type {filters.Filter} */ next) => {
    setChosen(true); // even when nothing is asked for any more
    change(next);
  };
  const session = state.session.value;
  return html`<div class="list-top">
    <${SearchBox} text=${filter.text} onSearch=${(/** @type {string} */ text) => change({ ...filter, text })} />
    <button type="button" class="button" aria-expanded=${open ? 'true' : 'false'} aria-controls="filtros" onClick=${() => setChosen(!open)}>
      <${Icon} name="filter" />${t('filter.title')}${conditions ? html` <span class="tab-count">${conditions}</span>` : ''}</button>
  </div>
  <${StatusTabs} current=${filter.statuses.length === 1 ? filter.statuses[0] : ''} counts=${state.summary.value}
    onChoose=${(/** @type {string} */ status) => change({ ...filter, statuses: status ? [status] : [] })} />
  ${open ? html`<${FilterBar} filter=${filter} categories=${categories()} people=${state.people.value} me=${session?.id ?? 0}
    table=${state.may(session, 'admin') && !filter.text ? tableLink(filter) : ''} onChange=${edit} />` : ''}
  <${SavedViews} views=${state.views.value} query=${query} admin=${session?.role === 'admin'} link=${(/** @type {string} */ of) => href({ view: 'list' }, of)}
    onSave=${(/** @type {string} */ name, /** @type {boolean} */ shared) => saveView(name, query, shared)} onDelete=${deleteView} />`;
}
