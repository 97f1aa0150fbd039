// @ts-check
import { useLayoutEffect, useRef } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/**
 * The reply box. Enter sends, Shift+Enter makes a line; an input method that is
 * composing keeps its Enter. With onFirst, a person may insist on what was refused.
 * @param {{name: string, draft: string, error: string, notice: string, onDraft: (text: string) => void, onSend: (text: string) => void,
 *   onFirst: (() => void) | null, children?: any}} props
 */
export function Composer({ name, draft, error, notice, onDraft, onSend, onFirst, children }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  useLayoutEffect(() => grow(field.current), [draft]);
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (draft.trim()) onSend(draft);
    field.current?.focus();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) send(event);
  };
  return html`<form class="composer" onSubmit=${send}>
    ${error ? html`<p class="composer-note" data-tone="bad" role="alert"><${Icon} name="alert" />${error}</p>` : ''}
    ${onFirst ? html`<p class="composer-note"><button type="button" class="button" onClick=${onFirst}>${t('reply.first')}</button></p>` : ''}
    ${notice ? html`<p class="composer-note" data-tone="wait" role="status"><${Icon} name="clock" />${notice}</p>` : ''}
    ${children}
    <label class="visually-hidden" for="respuesta">${t('reply.label', { name })}</label>
    <div class="composer-row">
      <textarea id="respuesta" ref=${field} rows="1" maxlength="4000" placeholder=${t('reply.placeholder')} aria-describedby="respuesta-ayuda"
        value=${draft} onInput=${(/** @type {any} */ event) => onDraft(event.currentTarget.value)} onKeyDown=${onKeyDown}></textarea>
      <button type="submit" class="button button-primary button-send" disabled=${!draft.trim()} aria-label=${t('reply.send')}><${Icon} name="send" /></button>
    </div>
    <p class="composer-hint" id="respuesta-ayuda">${t('reply.hint')}</p>
  </form>`;
}

/** As high as its text; the style sheet says how high at most. @param {HTMLTextAreaElement | null} field */
function grow(field) {
  if (!field) return;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}
