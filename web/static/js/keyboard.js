// @ts-check
/** Carries out the keys of keys.js on the page. */
import { command, step } from './keys.js';
import { go, route } from './router.js';
import * as state from './state.js';
import * as talk from './talk.js';

/** @type {Record<import('./keys.js').Command, () => void>} */
const actions = {
  next: () => moveBy('next'),
  previous: () => moveBy('previous'),
  reply,
  note,
  search: () => document.getElementById('buscar')?.focus(),
  select: () => rows()[currentRow()]?.closest('tr')?.querySelector('input')?.click(),
  back: () => {
    if (document.activeElement instanceof HTMLTextAreaElement || document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
    else if (route.value.view !== 'list') go({ view: 'list' });
  },
  help: () => {
    state.helpOpen.value = true;
  },
};

/** Listens from now on. */
export function start() {
  addEventListener('keydown', (event) => {
    if (state.phase.value !== 'ready' || event.defaultPrevented) return;
    const typing = types(event.target);
    const name = command(event, { typing, dialog: document.querySelector('dialog[open]') !== null });
    if (!name) return;
    event.preventDefault();
    actions[name]();
  });
}

/** Whether letters belong to what has the focus; a box to tick has no use for them. @param {EventTarget | null} target */
function types(target) {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type !== 'checkbox');
}

function rows() {
  return /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-row]')]);
}

/** @returns {number} the row that has the focus, or holds what has it; -1 for none */
function currentRow() {
  const here = document.activeElement;
  return rows().findIndex((link) => link.closest('tr, li')?.contains(here));
}

/** @param {'next'|'previous'} direction */
function moveBy(direction) {
  const links = rows();
  if (links.length) links[step(currentRow(), links.length, direction)].focus();
}

function reply() {
  if (route.value.view === 'ticket') {
    talk.compose(route.value.id ?? 0, { note: false });
    focusComposer();
    return;
  }
  const link = rows()[currentRow()];
  if (!link || route.value.view !== 'list') return;
  go({ view: 'ticket', id: Number(link.dataset.row) });
  whenThere('#respuesta', focusComposer);
}

function note() {
  const { id } = route.value;
  if (route.value.view !== 'ticket' || !id) return;
  talk.compose(id, { note: true });
  focusComposer();
}

function focusComposer() {
  document.getElementById('respuesta')?.focus();
}

/** Acts once what selector means is on the page; gives up after half a minute. @param {string} selector @param {() => void} act */
function whenThere(selector, act) {
  const observer = new MutationObserver(() => {
    if (!document.querySelector(selector)) return;
    observer.disconnect();
    // After the view has put the focus on its heading.
    setTimeout(act, 50);
  });
  observer.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => observer.disconnect(), 30_000);
}
