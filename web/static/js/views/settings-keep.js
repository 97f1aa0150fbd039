// @ts-check
import { useState } from 'preact/hooks';
import { read } from '../actions/access.js';
import { saveSettings, shop } from '../actions/shop.js';
import { Ask } from '../components/ask.js';
import { Field } from '../components/field.js';
import { Form } from '../components/form.js';
import { Saved } from '../components/settings-parts.js';
import { count } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Loading, useLoaded } from './loaded.js';

/** @typedef {import('../shopwire.js').Keep} Keep */

/** The most that the server counts. */
const most = 10_000;
/** The shortest time that anything may be kept, in days. */
const least = 7;

/** After how long what is deleted. */
export function KeepSettings() {
  const { data, error, reload } = useLoaded(() => shop.settings());
  const [saved, setSaved] = useState(0);
  const done = async () => {
    await reload();
    setSaved(saved + 1);
  };
  return html`<section class="card account" aria-labelledby="conservar"><h2 id="conservar">${t('keep.title')}</h2>
    <p class="card-note">${t('keep.note')}</p>
    ${data ? html`<${Days} key=${saved} keep=${data.keep} onDone=${done} /><${Saved} turn=${saved} />` : html`<${Loading} error=${error} />`}
  </section>`;
}

/** @param {{keep: Keep, onDone: () => Promise<void>}} props */
function Days({ keep, onDone }) {
  const [wanted, setWanted] = useState(keep);
  // What somebody is asked about, null while nobody is.
  const [asked, setAsked] = useState(/** @type {Keep | null} */ (null));
  const sensible = Object.values(wanted).every((days) => days === 0 || days >= least);
  const numbers = `${wanted.tickets} ${wanted.photos} ${wanted.log}`;
  const { data } = useLoaded(async () => (sensible ? { numbers, gone: await shop.expired(wanted) } : null), numbers);
  const gone = data?.numbers === numbers ? data.gone : null; // of other numbers it says nothing
  const save = async () => {
    const refusal = await saveSettings({ keep: wanted });
    if (!refusal) await onDone();
    return refusal;
  };
  const submit = async () => {
    if (!sensible) return save(); // the server says why not
    const { value, error } = gone ? { value: gone, error: '' } : await read(() => shop.expired(wanted));
    if (!value) return error;
    if (!value.tickets && !value.photos && !value.log) return save();
    setAsked(value);
    return '';
  };
  const field = (/** @type {keyof Keep} */ name, /** @type {string} */ label, /** @type {string} */ hint) => html`<${Field} id=${`dias-${name}`} type="number" min="0" max="36500" step="1" required
    inputmode="numeric" label=${t(label)} hint=${t(hint)} value=${String(wanted[name])} onInput=${(/** @type {any} */ event) => setWanted({ ...wanted, [name]: Math.max(0, Math.round(Number(event.currentTarget.value) || 0)) })} />`;
  return html`<${Form} label=${t('settings.save')} submit=${submit}>
      ${field('tickets', 'keep.tickets', 'keep.ticketsHint')}${field('photos', 'keep.photos', 'keep.photosHint')}${field('log', 'keep.log', 'keep.logHint')}
      <p class="keep-today" role="status">${sensible ? gone ? today(gone) : '' : t('keep.tooFew', { count: least })}</p>
    </${Form}>
    ${asked ? html`<${Ask} title=${t('keep.sure')} yes=${t('keep.yes')} danger onYes=${save} onClose=${() => setAsked(null)}>
      <p>${today(asked)}</p><p>${t('keep.forever')}</p></${Ask}>` : ''}`;
}

/** What would be deleted today, in one sentence. @param {Keep} gone */
function today(gone) {
  if (!gone.tickets && !gone.photos && !gone.log) return t('keep.nothing');
  const amount = (/** @type {number} */ n) => (n > most ? t('keep.over', { count: count(most) }) : count(n));
  return t('keep.today', { tickets: amount(gone.tickets), photos: amount(gone.photos), log: amount(gone.log) });
}
