// @ts-check
import { oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { CategoryChip } from './badge.js';
import { Icon } from './icon.js';
import { opensFirst } from './opens-first.js';

/** @typedef {import('../wire.js').Ticket} Ticket */

/**
 * What a ticket is about. One that is unclassified says so, with the likeliest
 * categories to choose from.
 * @param {{ticket: Ticket, color: string, onChoose: ((name: string) => void) | null}} props
 */
export function Verdict({ ticket, color, onChoose }) {
  const { doubt, candidates } = ticket.verdict;
  if (!doubt) return html`<${CategoryChip} category=${ticket.category} words=${ticket.words} color=${color} />`;
  return html`<span class="verdict"><span class="chip" data-doubt title=${t('category.doubtWhy')}><${Icon} name=${doubt === 'voice' ? 'voice' : 'help'} />${doubts[doubt]()}</span>
    ${onChoose && candidates.map((name) => html`<button type="button" class="chip chip-choice" key=${name} title=${t('category.choose', { name: oneLine(name) })}
      onClick=${() => onChoose(name)}><span>${oneLine(name)}</span><span class="visually-hidden">${t('category.choose', { name: oneLine(name) })}</span></button>`)}</span>`;
}

/** @type {Record<string, () => string>} */
const doubts = { unsure: () => t('category.unsure'), no_text: () => t('category.noText'), voice: () => t('category.voice') };

/**
 * Lets a person say what a ticket is about, or that it is right as it is.
 * @param {{ticket: Ticket, names: string[], onChoose: (name: string) => Promise<boolean>}} props onChoose says whether that was taken
 */
export function CategoryPicker({ ticket, names, onChoose }) {
  const choose = async (/** @type {any} */ { currentTarget: select }) => {
    if (!(await onChoose(select.value))) select.value = ticket.category;
  };
  const open = ticket.verdict.source !== 'person' && !ticket.verdict.doubt && names.includes(ticket.category);
  const known = names.includes(ticket.category) ? names : [ticket.category, ...names];
  return html`<span class="picker">
    <label class="visually-hidden" for="categoria">${t('category.label')}</label>
    <select id="categoria" ...${opensFirst} value=${ticket.category} onChange=${choose}>
      ${known.map((name) => html`<option key=${name} value=${name}>${oneLine(name) || t('category.none')}</option>`)}
    </select>
    ${open ? html`<button type="button" class="button" onClick=${() => onChoose(ticket.category)}><${Icon} name="check" />${t('category.confirm')}</button>` : ''}
  </span>`;
}

/** @type {Record<string, string>} */
const sources = { rules: 'category.byRules', model: 'category.byModel', llm: 'category.byLLM', person: 'category.byPerson' };
/** @type {Record<string, string>} */
const reasons = {
  danger: 'reason.danger', locked: 'reason.locked', deadline: 'reason.deadline', stopped: 'reason.stopped', repeated: 'reason.repeated',
  category: 'reason.category', words: 'reason.words',
};

/** Who chose the category and why, and what makes the ticket press. @param {{ticket: Ticket}} props */
export function Why({ ticket }) {
  const { source, confidence, doubt, reason, reasonWords } = ticket.verdict;
  const quoted = (/** @type {string[]} */ words) => words.map((word) => `«${oneLine(word)}»`).join(', ');
  const by = source === 'person' || doubt || !confidence ? t(sources[source]) : t('category.sure', { who: t(sources[source]), share: Math.round(100 * confidence) });
  return html`<span class="why">${doubt ? t('category.doubtWhy') : by}${!doubt && ticket.words.length ? ` · ${t('category.why', { words: quoted(ticket.words) })}` : ''}
    ${reason ? html`<br />${t(reasons[reason])}${reasonWords.length ? ` ${quoted(reasonWords)}` : ''}` : ''}</span>`;
}
