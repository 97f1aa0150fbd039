// @ts-check
import { useEffect, useRef, useState } from 'preact/hooks';
import { loadWholeCategories, order, save, useTemplate } from '../actions/categories.js';
import { categories, classifier, entries, keywords, moved, problem, usable } from '../categories.js';
import { CategoryForm } from '../components/category-form.js';
import { CategoryLine } from '../components/category-line.js';
import { Icon } from '../components/icon.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import * as state from '../state.js';
import { LearningSettings } from './settings-learning.js';

/** @typedef {import('../learnwire.js').Category} Category */

/** The categories, where messages are sorted into, and what the classifier learns. */
export function CategorySettings() {
  useEffect(() => { loadWholeCategories(); }, []);
  // Which one is being edited: 0 a new one, -1 none.
  const [editing, setEditing] = useState(-1);
  const all = categories.value ?? [];
  const admin = state.may(state.session.value, 'admin');
  return html`<section class="card" aria-labelledby="categorias"><h2 id="categorias">${t('categories.title')}</h2><p>${t('categories.intro')}</p>
    ${problem.value ? html`<p class="settings-problem" role="alert"><${Icon} name="alert" />${problem.value}</p>` : ''}
    <ul class="category-list">${usable(all).map((one) => html`<${Item} key=${one.id} category=${one} all=${all} admin=${admin} editing=${editing} onEdit=${setEditing} />`)}</ul>
    ${admin && (editing === 0 ? html`<${Form} category=${{}} id=${0} onEdit=${setEditing} />`
    : html`<button type="button" class="button" onClick=${() => setEditing(0)}><${Icon} name="plus" />${t('categories.add')}</button>`)}
    <${Archived} all=${all} admin=${admin} />
    ${admin ? html`<${Templates} />` : ''}
  </section><${LearningSettings} admin=${admin} />`;
}

/** @param {{category: Category, all: Category[], admin: boolean, editing: number, onEdit: (id: number) => void}} props */
function Item({ category, all, admin, editing, onEdit }) {
  const { id } = category;
  const shown = usable(all);
  return html`<li><${CategoryLine} category=${category} first=${shown[0]?.id === id} last=${shown.at(-1)?.id === id}
      onMove=${admin ? (/** @type {-1 | 1} */ by) => order(moved(all, id, by)) : null} onEdit=${admin ? () => onEdit(editing === id ? -1 : id) : null}
      onArchive=${admin ? () => save(id, { archived: true }) : null} />
    ${editing === id ? html`<${Form} category=${category} id=${id} onEdit=${onEdit} />` : ''}</li>`;
}

/** @param {{category: Partial<Category>, id: number, onEdit: (id: number) => void}} props */
function Form({ category, id, onEdit }) {
  const busy = useRef(false);
  const send = async (/** @type {any} */ form) => {
    if (busy.current) return;
    busy.current = true;
    const saved = await save(id, { ...form, keywords: keywords(form.keywords), examples: entries(form.examples) });
    busy.current = false;
    if (saved) onEdit(-1);
  };
  return html`<${CategoryForm} category=${category} onSave=${send} onCancel=${() => onEdit(-1)} />`;
}

/** @param {{all: Category[], admin: boolean}} props */
function Archived({ all, admin }) {
  const archived = all.filter((one) => one.archived);
  if (!archived.length) return null;
  return html`<details class="archived"><summary>${t('categories.archived')} (${archived.length})</summary>
    <ul class="category-list">${archived.map((one) => html`<li key=${one.id}><${CategoryLine} category=${one} first=${true} last=${true} onMove=${null} onEdit=${null}
      onArchive=${admin ? () => save(one.id, { archived: false }) : null} /></li>`)}</ul></details>`;
}

/** @type {[string, string][]} */
const templates = [['mesa', 'template.mesa'], ['comercio', 'template.comercio']];

function Templates() {
  const current = classifier.value?.template ?? '';
  const [chosen, choose] = useState('');
  const value = chosen || current;
  return html`<form class="category-form" onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); useTemplate(value); }}>
    <label for="plantilla">${t('categories.template')}</label><p class="why">${t('categories.templateHelp')}</p>
    <div class="row"><select id="plantilla" value=${value} onChange=${(/** @type {any} */ event) => choose(event.target.value)}>
      ${templates.map(([name, key]) => html`<option key=${name} value=${name}>${t(key)}</option>`)}</select>
    <button class="button" disabled=${!value || value === current}>${t('categories.useTemplate')}</button></div></form>`;
}
