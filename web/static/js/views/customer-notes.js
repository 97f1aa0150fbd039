// @ts-check
import { useEffect, useRef, useState } from 'preact/hooks';
import { shop } from '../actions/shop.js';
import { Form } from '../components/form.js';
import { Time } from '../components/time.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import * as state from '../state.js';

/** How long a note can be had back, in milliseconds. */
const grace = 6000;

/** What the shop notes about somebody. @param {{customer: import('../shopwire.js').CustomerPage, agent: boolean, onRun: (work: () => Promise<any>) => Promise<string>}} props */
export function Notes({ customer, agent, onRun }) {
  const [refusal, setRefusal] = useState('');
  const [going, setGoing] = useState(0);
  const { id, notes } = customer;
  const timer = useRef(/** @type {any} */ (0));
  const due = useRef(() => {});
  // Leaving the page means it: what was taken away goes at once.
  useEffect(() => () => due.current(), []);
  const remove = (/** @type {number} */ note) => {
    due.current();
    const work = async () => {
      clearTimeout(timer.current);
      due.current = () => {};
      setRefusal(await onRun(() => shop.deleteNote(id, note)));
      setGoing((now) => (now === note ? 0 : now)); // another may be going meanwhile
    };
    due.current = work;
    setGoing(note);
    timer.current = setTimeout(work, grace);
  };
  const keep = () => {
    clearTimeout(timer.current);
    due.current = () => {};
    setGoing(0);
  };
  return html`<section class="card" aria-labelledby="notas"><h2 id="notas">${t('customer.notes')}</h2>
    <p class="card-note">${t('customer.notesNote')}</p>
    ${agent ? html`<${Form} label=${t('customer.addNote')} submit=${(/** @type {Record<string, string>} */ values) => onRun(() => shop.addNote(id, values.nota))}>
      <div class="field"><label for="nota">${t('customer.newNote')}</label><textarea id="nota" name="nota" rows="3" maxlength="4000" required data-once></textarea></div></${Form}>` : ''}
    ${refusal ? html`<p class="form-error" role="alert">${refusal}</p>` : ''}
    <ul class="rows">${notes.map((note) => html`<li class="row customer-note" key=${note.id} data-off=${going === note.id ? '' : undefined}>
      ${going === note.id ? html`<p class="row-main" role="status">${t('customer.noteGone')}</p><button type="button" class="button" onClick=${keep}>${t('customer.undo')}</button>`
    : html`<div class="row-main"><p class="customer-note-text" dir="auto">${note.text}</p>
        <span class="row-note"><bdi>${note.author || t('customer.program')}</bdi> · <${Time} date=${note.at} now=${state.now.value} /></span></div>
      ${agent ? html`<button type="button" class="button" onClick=${() => remove(note.id)}>${t('customer.deleteNote')}</button>` : ''}`}</li>`)}</ul>
  </section>`;
}
