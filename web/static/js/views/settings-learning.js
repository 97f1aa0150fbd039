// @ts-check
import { useEffect, useRef } from 'preact/hooks';
import { loadClassifier, teach } from '../actions/categories.js';
import { classifier } from '../categories.js';
import { exact } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { dayStart } from '../zone.js';

/** How often the classifier is right, and what it learns from. @param {{admin: boolean}} props */
export function LearningSettings({ admin }) {
  useEffect(() => { loadClassifier(); }, []);
  const known = classifier.value;
  if (!known) return null;
  return html`<section class="card learning" aria-labelledby="aprende"><h2 id="aprende">${t('learning.title')}</h2>
    <${Hits} right=${known.right} said=${known.said} />
    <p>${t('learning.taught', { count: known.taught })}${known.current ? '' : html` (${t('learning.busy')})`}</p>
    ${known.ignored ? html`<p>${t('learning.ignored', { from: exact(known.ignored.from) || t('learning.start'), until: exact(known.ignored.until) })}</p>` : ''}
    ${admin ? html`<${Wishes} known=${known} />` : ''}</section>`;
}

/** The last tickets as a row of marks, the oldest first. @param {{right: boolean[], said: number}} props */
function Hits({ right, said }) {
  if (!right.length) return html`<p>${t('learning.none')}</p>`;
  const share = Math.round((100 * right.filter(Boolean).length) / right.length);
  return html`<p><b>${t('learning.accuracy', { of: right.length, share })}</b></p>
    <ol class="accuracy" aria-hidden="true">${right.toReversed().map((one, i) => html`<li key=${i} data-wrong=${one ? undefined : ''}>${one ? '✓' : '✗'}</li>`)}</ol>
    <p class="why">${t('learning.definition', { said })}</p>`;
}

/** @param {{known: import('../learnwire.js').Classifier}} props */
function Wishes({ known }) {
  const since = useRef(/** @type {HTMLInputElement | null} */ (null));
  const forget = () => {
    const [year, month, day] = (since.current?.value ?? '').split('-').map(Number);
    if (day) teach({ forgetSince: dayStart(year, month, day) });
  };
  return html`<label class="switch"><input type="checkbox" checked=${known.learning} onChange=${(/** @type {any} */ event) => teach({ learning: event.target.checked })} />${t('learning.on')}</label>
    <div class="row"><label for="umbral">${t('learning.threshold')}</label><input id="umbral" type="number" min="0" max="1" step="0.05" value=${known.threshold}
      onChange=${(/** @type {any} */ event) => event.target.reportValidity() && teach({ threshold: Number(event.target.value) })} /></div>
    <div class="row"><label for="desde">${t('learning.forgetSince')}</label><input id="desde" type="date" ref=${since} />
      <button type="button" class="button" onClick=${forget}>${t('learning.forget')}</button></div>
    <div class="row"><button type="button" class="button" onClick=${() => teach({ forgetAll: true })}>${t('learning.forgetAll')}</button>
      ${known.ignored ? html`<button type="button" class="button" onClick=${() => teach({ remember: true })}>${t('learning.remember')}</button>` : ''}</div>`;
}
