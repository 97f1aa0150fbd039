// @ts-check
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { load, moveBy, remove, save } from '../actions/canned.js';
import { Icon } from '../components/icon.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import * as talk from '../talk.js';

const blank = { id: 0, title: '', text: '', shortcut: '' };

/** The canned replies, to be kept. */
export function CannedSettings() {
  const [edited, setEdited] = useState(/** @type {import('../compose.js').Canned | null} */ (null));
  const [error, setError] = useState('');
  const adder = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => { load().then(setError); }, []);
  const editing = useRef(false);
  useLayoutEffect(() => {
    if (editing.current && !edited) adder.current?.focus();
    editing.current = edited !== null;
  }, [edited]);
  const done = () => setEdited(null);
  const act = async (/** @type {Promise<string>} */ work) => setError(await work);
  const all = talk.canned.value;
  return html`<section class="card" aria-labelledby="respuestas"><h2 id="respuestas">${t('canned.settings')}</h2>
    <p class="settings-intro">${t('canned.intro')}</p>
    ${error ? html`<p class="composer-note" data-tone="bad" role="alert"><${Icon} name="alert" />${error}</p>` : ''}
    <ol class="canned-list">${all.map((canned, i) => html`<li key=${canned.id} class="canned-row">
      ${edited?.id === canned.id ? html`<${Form} canned=${canned} onDone=${done} />` : html`<div class="canned-what"><p class="canned-title"><bdi>${canned.title}</bdi>
          ${canned.shortcut ? html`<kbd>/${canned.shortcut}</kbd>` : ''}</p><p class="canned-text" dir="auto">${canned.text}</p></div>
        <${Row} canned=${canned} first=${i === 0} last=${i === all.length - 1} onEdit=${() => setEdited(canned)}
          onMove=${(/** @type {number} */ by) => act(moveBy(canned.id, by))} onRemove=${() => act(remove(canned.id))} />`}
    </li>`)}</ol>
    ${!all.length && !error ? html`<p class="info-detail">${t('canned.empty')}</p>` : ''}
    ${edited?.id === 0 ? html`<${Form} canned=${blank} onDone=${done} />`
      : html`<button type="button" class="button button-primary" ref=${adder} onClick=${() => setEdited(blank)}><${Icon} name="plus" />${t('canned.add')}</button>`}
  </section>`;
}

/** @param {{canned: import('../compose.js').Canned, first: boolean, last: boolean, onEdit: () => void, onMove: (by: number) => void, onRemove: () => void}} props */
function Row({ canned, first, last, onEdit, onMove, onRemove }) {
  const [sure, setSure] = useState(false);
  const { title } = canned;
  if (sure) {
    return html`<div class="canned-tools"><span>${t('canned.sure')}</span>
      <button type="button" class="button button-primary" onClick=${onRemove}>${t('canned.remove')}</button>
      <button type="button" class="button" onClick=${() => setSure(false)}>${t('confirmation.cancel')}</button></div>`;
  }
  return html`<div class="canned-tools">
    <button type="button" class="button button-icon" aria-label=${t('canned.up', { title })} aria-disabled=${first ? 'true' : undefined} onClick=${() => onMove(-1)}><${Icon} name="up" /></button>
    <button type="button" class="button button-icon" aria-label=${t('canned.down', { title })} aria-disabled=${last ? 'true' : undefined} onClick=${() => onMove(1)}><${Icon} name="down" /></button>
    <button type="button" class="button" aria-label=${t('canned.editOf', { title })} onClick=${onEdit}>${t('canned.edit')}</button>
    <button type="button" class="button" aria-label=${t('canned.removeOf', { title })} onClick=${() => setSure(true)}>${t('canned.remove')}</button></div>`;
}

/** @param {{canned: import('../compose.js').Canned, onDone: () => void}} props */
function Form({ canned, onDone }) {
  const [values, setValues] = useState(canned);
  const [error, setError] = useState('');
  const title = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => title.current?.focus(), []);
  const set = (/** @type {string} */ name) => (/** @type {any} */ event) => setValues({ ...values, [name]: event.currentTarget.value });
  const busy = useRef(false);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy.current) return;
    busy.current = true;
    const refusal = await save(values);
    busy.current = false;
    setError(refusal);
    if (!refusal) onDone();
  };
  return html`<form class="canned-form" onSubmit=${submit}>
    ${error ? html`<p class="composer-note" data-tone="bad" role="alert"><${Icon} name="alert" />${error}</p>` : ''}
    <label>${t('canned.titleField')}<input ref=${title} value=${values.title} maxlength="80" required onInput=${set('title')} /></label>
    <label>${t('canned.shortcutField')}<input value=${values.shortcut} maxlength="30" autocapitalize="none" spellcheck="false" onInput=${set('shortcut')} /></label>
    <label>${t('canned.textField')}<textarea rows="4" maxlength="4000" required value=${values.text} onInput=${set('text')}></textarea></label>
    <p class="info-detail">${t('canned.variables')}</p>
    <p class="canned-tools"><button type="submit" class="button button-primary">${t('canned.save')}</button>
      <button type="button" class="button" onClick=${onDone}>${t('confirmation.cancel')}</button></p>
  </form>`;
}
