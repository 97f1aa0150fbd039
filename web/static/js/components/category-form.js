// @ts-check
import { useLayoutEffect, useRef } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { allColors } from '../learnwire.js';

/** @typedef {import('../learnwire.js').Category} Category */

/** @type {Record<string, string>} */
const colorTexts = {
  gray: 'color.gray', red: 'color.red', orange: 'color.orange', yellow: 'color.yellow', green: 'color.green', teal: 'color.teal', blue: 'color.blue',
  purple: 'color.purple', pink: 'color.pink',
};
/** @type {[string, string][]} */
const priorities = [['', 'categories.asText'], ['urgent', 'priority.urgent'], ['high', 'priority.high'], ['low', 'priority.low']];

/**
 * Edits a category, a new one without an id. The values are read when it is sent.
 * @param {{category: Partial<Category>, onSave: (fields: {name: string, description: string, keywords: string, examples: string, color: string, priority: string}) => void,
 *   onCancel: () => void}} props
 */
export function CategoryForm({ category, onSave, onCancel }) {
  const first = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => first.current?.focus(), []);
  const send = (/** @type {any} */ event) => {
    event.preventDefault();
    const data = new FormData(event.target);
    const value = (/** @type {string} */ name) => String(data.get(name) ?? '');
    onSave({
      name: value('nombre'), description: value('descripcion'), keywords: value('palabras'), examples: value('ejemplos'), color: value('color'), priority: value('prioridad'),
    });
  };
  return html`<form class="category-form" onSubmit=${send}>
    <label for="c-nombre">${t('categories.name')}</label><input id="c-nombre" name="nombre" ref=${first} required maxlength="60" value=${category.name ?? ''} />
    <label for="c-descripcion">${t('categories.description')}</label><input id="c-descripcion" name="descripcion" maxlength="500" value=${category.description ?? ''} />
    <label for="c-palabras">${t('categories.keywords')}</label><textarea id="c-palabras" name="palabras">${(category.keywords ?? []).join(', ')}</textarea>
    <label for="c-ejemplos">${t('categories.examples')}</label><textarea id="c-ejemplos" name="ejemplos">${(category.examples ?? []).join('\n')}</textarea>
    <label for="c-color">${t('categories.color')}</label>
    <select id="c-color" name="color"><option value="" selected=${!category.color}>${t('color.none')}</option>
      ${allColors.map((color) => html`<option key=${color} value=${color} selected=${category.color === color}>${t(colorTexts[color])}</option>`)}</select>
    <label for="c-prioridad">${t('categories.priority')}</label>
    <select id="c-prioridad" name="prioridad">${priorities.map(([value, key]) => html`<option key=${value} value=${value} selected=${(category.priority ?? '') === value}>${t(key)}</option>`)}</select>
    <div class="row"><button class="button button-primary">${t('categories.save')}</button>
      <button type="button" class="button" onClick=${onCancel}>${t('categories.cancel')}</button></div>
  </form>`;
}
