// @ts-check
import { useState } from 'preact/hooks';
import { oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Dialog } from './dialog.js';
import { Icon } from './icon.js';

/** @typedef {import('../listwire.js').View} View */

/**
 * Saved filters, and the way to save what is shown now.
 * @param {{views: View[], query: string, admin: boolean, link: (query: string) => string,
 *   onSave: (name: string, shared: boolean) => Promise<string>, onDelete: (id: number) => void}} props
 */
export function SavedViews({ views, query, admin, link, onSave, onDelete }) {
  const [saving, setSaving] = useState(false);
  const known = views.some((view) => view.query === query);
  return html`<div class="views">
    ${views.map((view) => html`<${Chip} key=${view.id} view=${view} current=${view.query === query} link=${link(view.query)}
      removable=${!view.shared || admin} onDelete=${() => onDelete(view.id)} />`)}
    ${query && !known ? html`<button type="button" class="button button-quiet" onClick=${() => setSaving(true)}><${Icon} name="plus" />${t('views.save')}</button>` : ''}
    ${saving ? html`<${Save} admin=${admin} onSave=${onSave} onClose=${() => setSaving(false)} />` : ''}
  </div>`;
}

/** @param {{view: View, current: boolean, link: string, removable: boolean, onDelete: () => void}} props */
function Chip({ view, current, link, removable, onDelete }) {
  const name = oneLine(view.name);
  return html`<span class="view" data-current=${current ? '' : undefined}>
    <a href=${link} aria-current=${current ? 'true' : undefined} title=${view.shared ? t('views.shared') : undefined}><bdi>${name}</bdi></a>
    ${current && removable ? html`<button type="button" aria-label=${t('views.delete', { name })} title=${t('views.delete', { name })} onClick=${onDelete}><${Icon} name="close" /></button>` : ''}
  </span>`;
}

/** @param {{admin: boolean, onSave: (name: string, shared: boolean) => Promise<string>, onClose: () => void}} props */
function Save({ admin, onSave, onClose }) {
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const [error, setError] = useState('');
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const problem = await onSave(name, shared);
    if (problem) setError(problem);
    else onClose();
  };
  return html`<${Dialog} kind="ask" label=${t('views.save')} onClose=${onClose}>
    <form class="ask-body" onSubmit=${save}>
      <h2>${t('views.save')}</h2>
      <label class="field"><span>${t('views.name')}</span>
        <input required maxlength="60" value=${name} onInput=${(/** @type {any} */ event) => setName(event.currentTarget.value)} /></label>
      ${admin ? html`<label class="tick"><input type="checkbox" checked=${shared} onChange=${() => setShared(!shared)} />${t('views.share')}</label>` : ''}
      ${error ? html`<p role="alert">${error}</p>` : ''}
      <div class="ask-choice"><button type="button" class="button" onClick=${onClose}>${t('notify.no')}</button>
        <button class="button button-primary">${t('views.keep')}</button></div>
    </form>
  </${Dialog}>`;
}
