// @ts-check
import { oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';

/** The id of a choice, for the field that keeps the focus. @param {number} index */
export function choiceId(index) {
  return `respuesta-guardada-${index}`;
}

/**
 * Canned replies to choose from while the field keeps the focus.
 * @param {{found: import('../compose.js').Canned[], current: number, onChoose: (canned: import('../compose.js').Canned) => void}} props
 */
export function CannedPicker({ found, current, onChoose }) {
  if (!found.length) return html`<p class="canned-none" role="status">${t('canned.none')}</p>`;
  return html`<ul class="canned" role="listbox" id="respuestas-guardadas" aria-label=${t('canned.title')}>
    ${found.map((canned, i) => html`<li key=${canned.id} id=${choiceId(i)} role="option" aria-selected=${i === current ? 'true' : 'false'} class="canned-choice"
      onMouseDown=${(/** @type {Event} */ event) => { event.preventDefault(); onChoose(canned); }}>
      <span class="canned-title"><bdi>${oneLine(canned.title)}</bdi>${canned.shortcut ? html`<kbd>/${canned.shortcut}</kbd>` : ''}</span>
      <span class="canned-text" dir="auto">${oneLine(canned.text)}</span></li>`)}
  </ul>`;
}
