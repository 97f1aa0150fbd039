// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';

/** @typedef {import('../steps.js').Step} Step */
/** What a step is called, and how its phase is read out. @type {Record<Step['name'], string>} */
const titles = { server: 'empty.server', laptop: 'empty.laptop', phone: 'empty.pair', message: 'empty.send', answer: 'empty.answer' };
/** @type {Record<Step['phase'], string>} */
const phases = { done: 'empty.done', now: 'empty.now', later: 'empty.later' };

/**
 * What to do while there is no ticket at all: the steps, each with what is to
 * be said about it.
 * @param {{steps: Step[], about: Record<Step['name'], any>}} props
 */
export function Empty({ steps, about }) {
  const ready = steps.find((step) => step.phase === 'now')?.name === 'message';
  return html`<section class="empty" aria-labelledby="primeros-pasos">
    <h2 id="primeros-pasos">${t(ready ? 'empty.title' : 'empty.first')}</h2>
    <p>${t('empty.intro')}</p>
    <ol>${steps.map(({ name, phase }) => html`<li key=${name} data-phase=${phase} aria-current=${phase === 'now' ? 'step' : undefined}>
      <h3>${t(titles[name])}<span class="visually-hidden">: ${t(phases[phase])}</span></h3>
      <div class="step-about">${about[name]}</div></li>`)}</ol>
  </section>`;
}
