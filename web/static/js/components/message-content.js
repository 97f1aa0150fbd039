// @ts-check
import { mapLink, people, place } from '../cards.js';
import { exact, oneLine, timeOfDay } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';
import { RichText } from './rich-text.js';

/** @typedef {import('../wire.js').Message} Data */

/** The text of a message as what it is: a place, people's cards, or words. @param {{message: Data, edits: Data[]}} props */
export function Content({ message, edits }) {
  if (message.deletedAt) {
    return html`${message.text ? html`<p class="message-text" dir="auto"><s>${message.text}</s></p>` : ''}
      ${message.editedAt ? html`<${Edited} original=${message.original} edits=${edits} />` : ''}
      <p class="message-mark">${t('chat.deleted')} <${Clock} date=${message.deletedAt} /></p>`;
  }
  const where = message.kind === 'location' ? place(message.text) : null;
  if (where) return html`<${PlaceCard} place=${where} />`;
  const cards = message.kind === 'contact' ? people(message.text) : [];
  if (cards.length) return cards.map((card) => html`<${PersonCard} card=${card} />`);
  const text = message.text || (message.kind === 'other' && !message.files.length ? t('chat.other') : '');
  return html`${text ? html`<p class="message-text" dir="auto"><${RichText} text=${text} /></p>` : ''}
    ${message.editedAt ? html`<${Edited} original=${message.original} edits=${edits} />` : ''}`;
}

/** A place, whose map is shown by somebody else's site and only to who asks for it. @param {{place: import('../cards.js').Place}} props */
function PlaceCard({ place: where }) {
  const at = `${where.latitude.toFixed(5)}, ${where.longitude.toFixed(5)}`;
  return html`<div class="info-card"><${Icon} name="pin" />
    <div><p class="info-title"><bdi>${oneLine(where.title) || t('chat.location')}</bdi></p><p class="info-detail">${at}</p>
      <a class="button" href=${mapLink(where)} target="_blank" rel="noopener noreferrer nofollow">${t('chat.map')}</a></div></div>`;
}

/** @param {{card: import('../cards.js').Person}} props */
function PersonCard({ card }) {
  return html`<div class="info-card"><${Icon} name="person" />
    <div><p class="info-title"><bdi>${oneLine(card.name) || t('chat.contact')}</bdi></p>
      ${card.phones.map((phone) => html`<p class="info-detail"><a href=${`tel:${phone.replace(/[^\d+]/g, '')}`}>${phone}</a></p>`)}</div></div>`;
}

/** What a message said before, each with the time until when. @param {{original: string, edits: Data[]}} props */
function Edited({ original, edits }) {
  const before = [original, ...edits.slice(0, -1).map((edit) => edit.text)];
  if (!original) return html`<p class="message-mark">${t('chat.edited')}</p>`;
  return html`<details class="message-mark"><summary>${t('chat.edited')}: ${t('chat.original')}</summary>
    ${before.map((text, i) => html`<p dir="auto">${text} <${Clock} date=${edits[i]?.at ?? null} /></p>`)}</details>`;
}

/** @param {{date: Date | null}} props */
export function Clock({ date }) {
  return date ? html`<time datetime=${date.toISOString()} title=${exact(date)}>${timeOfDay(date)}</time>` : null;
}
