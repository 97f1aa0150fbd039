// @ts-check
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { matching, replaced, slash } from '../compose.js';
import { oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { CannedPicker, choiceId } from './canned-picker.js';
import { ComposerFiles } from './composer-files.js';
import { Icon } from './icon.js';

/**
 * The box for replies and notes. Enter sends, Shift+Enter makes a line; an input
 * method that is composing keeps its Enter. With onFirst, a person may insist on
 * what was refused.
 * @typedef {{name: string, draft: string, note: boolean, quote: import('../wire.js').Message | null, files: {key: string, file: File, url: string}[],
 *   canned: import('../compose.js').Canned[], fill: (text: string) => string, error: string, notice: string, onDraft: (text: string) => void,
 *   onSend: () => void, onNote: (note: boolean) => void, onUnquote: () => void, onFiles: (files: Iterable<File>) => void,
 *   onRemove: (key: string) => void, onFirst: (() => void) | null, children?: any}} Props
 * @param {Props} props
 */
export function Composer(props) {
  const { name, draft, note, files, error, notice, onFirst, onSend } = props;
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const canned = useCanned(props, field);
  useLayoutEffect(() => grow(field.current), [draft]);
  const empty = !draft.trim() && (note || !files.length);
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!empty) onSend();
    field.current?.focus();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (canned.onKeyDown(event)) event.preventDefault();
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) send(event);
  };
  const onPaste = (/** @type {ClipboardEvent} */ event) => {
    const pasted = event.clipboardData?.files ?? [];
    if (!pasted.length || note) return;
    event.preventDefault();
    props.onFiles(pasted);
  };
  return html`<form class="composer" data-note=${note ? '' : undefined} onSubmit=${send}>
    ${error ? html`<p class="composer-note" data-tone="bad" role="alert"><${Icon} name="alert" />${error}</p>` : ''}
    ${onFirst ? html`<p class="composer-note"><button type="button" class="button" onClick=${onFirst}>${t('reply.first')}</button></p>` : ''}
    ${notice ? html`<p class="composer-note" data-tone="wait" role="status"><${Icon} name="clock" />${notice}</p>` : ''}
    ${canned.picker}
    <div class="composer-top"><${Modes} note=${note} onNote=${(/** @type {boolean} */ on) => { props.onNote(on); field.current?.focus(); }} />
      ${note ? '' : html`<${Tools} onFiles=${props.onFiles} onCanned=${canned.start} />`}</div>
    ${note ? '' : props.children}
    ${note ? '' : html`<${Quoting} quote=${props.quote} onUnquote=${props.onUnquote} /><${ComposerFiles} files=${files} onRemove=${props.onRemove} />`}
    <label class="visually-hidden" for="respuesta">${note ? t('note.label') : t('reply.label', { name })}</label>
    <div class="composer-row">
      <textarea id="respuesta" ref=${field} rows="1" placeholder=${t(note ? 'note.placeholder' : 'reply.placeholder')} aria-describedby="respuesta-ayuda"
        aria-autocomplete="list" aria-controls=${canned.picker ? 'respuestas-guardadas' : undefined} aria-activedescendant=${canned.active}
        value=${draft} onInput=${canned.onInput} onKeyDown=${onKeyDown} onPaste=${onPaste} onBlur=${canned.close}></textarea>
      <button type="submit" class="button button-primary button-send" disabled=${empty} aria-label=${t(note ? 'note.save' : 'reply.send')}><${Icon} name=${note ? 'check' : 'send'} /></button>
    </div>
    <p class="composer-hint" id="respuesta-ayuda">${t(note ? 'note.hint' : 'reply.hint')}</p>
  </form>`;
}

/** Choosing a canned reply behind a slash. @param {Props} props @param {{current: HTMLTextAreaElement | null}} field */
function useCanned({ draft, note, canned, fill, onDraft }, field) {
  const [wish, setWish] = useState(/** @type {{from: number, query: string} | null} */ (null));
  const [current, setCurrent] = useState(0);
  const caret = useRef(-1);
  useLayoutEffect(() => {
    if (caret.current < 0) return;
    field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = -1;
  });
  const found = wish && !note ? matching(canned, wish.query) : [];
  const look = (/** @type {string} */ text, /** @type {number} */ at) => { setWish(slash(text, at)); setCurrent(0); };
  const choose = (/** @type {import('../compose.js').Canned} */ one) => {
    if (!wish) return;
    const next = replaced(draft, wish.from, wish.from + wish.query.length + 1, fill(one.text));
    caret.current = next.caret;
    setWish(null);
    onDraft(next.text);
  };
  const start = () => {
    const at = field.current?.selectionStart ?? draft.length;
    const before = at > 0 && !/\s$/.test(draft.slice(0, at)) ? ' /' : '/';
    const next = replaced(draft, at, at, before);
    caret.current = next.caret;
    onDraft(next.text);
    look(next.text, next.caret);
    field.current?.focus();
  };
  return {
    start, close: () => setWish(null), active: found.length ? choiceId(current) : undefined,
    picker: wish && !note ? html`<${CannedPicker} found=${found} current=${current} onChoose=${choose} />` : '',
    onInput: (/** @type {any} */ { currentTarget: at }) => { onDraft(at.value); look(at.value, at.selectionStart); },
    onKeyDown: (/** @type {KeyboardEvent} */ { key }) => keys({ key, wish, found, current, setCurrent, setWish, choose }),
  };
}

/** What a key means while canned replies are shown; whether it means anything. @param {any} on */
function keys({ key, wish, found, current, setCurrent, setWish, choose }) {
  if (!wish) return false;
  if (key === 'Escape') setWish(null);
  else if (!found.length) return false;
  else if (key === 'ArrowDown') setCurrent((current + 1) % found.length);
  else if (key === 'ArrowUp') setCurrent((current + found.length - 1) % found.length);
  else if (key === 'Enter' || key === 'Tab') choose(found[current]);
  else return false;
  return true;
}

/** @param {{note: boolean, onNote: (note: boolean) => void}} props */
function Modes({ note, onNote }) {
  const mode = (/** @type {boolean} */ on, /** @type {string} */ text, /** @type {string} */ icon) => html`<button type="button" class="composer-mode"
    aria-pressed=${on === note ? 'true' : 'false'} onClick=${() => onNote(on)}><${Icon} name=${icon} />${text}</button>`;
  return html`<div class="composer-modes" role="group" aria-label=${t('note.modes')}>${mode(false, t('note.reply'), 'chat')}${mode(true, t('note.note'), 'note')}</div>`;
}

/** @param {{quote: import('../wire.js').Message | null, onUnquote: () => void}} props */
function Quoting({ quote, onUnquote }) {
  if (!quote) return null;
  return html`<div class="composer-quote"><${Icon} name="quote" /><bdi>${oneLine(quote.text) || t('chat.quotedFile')}</bdi>
    <button type="button" class="button button-icon" aria-label=${t('chat.unquote')} onClick=${onUnquote}><${Icon} name="close" /></button></div>`;
}

/** @param {{onFiles: (files: Iterable<File>) => void, onCanned: () => void}} props */
function Tools({ onFiles, onCanned }) {
  const chooser = useRef(/** @type {HTMLInputElement | null} */ (null));
  const take = (/** @type {any} */ { currentTarget: input }) => {
    if (input.files?.length) onFiles(input.files);
    input.value = '';
  };
  return html`<input type="file" id="archivos" hidden multiple ref=${chooser} onChange=${take} />
    <button type="button" class="button button-icon" aria-label=${t('attach.button')} title=${t('attach.button')} onClick=${() => chooser.current?.click()}><${Icon} name="attach" /></button>
    <button type="button" class="button button-icon" aria-label=${t('canned.button')} title=${t('canned.button')} onClick=${onCanned}><${Icon} name="slash" /></button>`;
}

/** As high as its text; the style sheet says how high at most. @param {HTMLTextAreaElement | null} field */
function grow(field) {
  if (!field) return;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}
