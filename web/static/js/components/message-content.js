// @ts-check
import { mapLink, people, place } from '../cards.js';
import { oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';
import { RichText } from './rich-text.js';

/** @typedef {import('../wire.js').Message} Data */

/** The text of a message as what it is: a place, people's cards, or words. @param {{message: Data}} props */
export function Content({ message }) {
  if (message.deletedAt) {
    return html`${message.text ? html`<p class="message-text" dir="auto"><s>${message.text}</s></p>` : ''}
      <p class="message-mark">${t('chat.deleted')}</p>`;
  }
  const where = message.kind === 'location' ? place(message.text) : null;
  if (where) return html`<${PlaceCard} place=${where} />`;
  const cards = message.kind === 'contact' ? people(message.text) : [];
  if (cards.length) return cards.map((card) => html`<${PersonCard} card=${card} />`);
  const text = message.text || (message.kind === 'other' && !message.files.length ? t('chat.other') : '');
  return html`${text ? html`<p class="message-text" dir="auto"><${RichText} text=${text} /></p>` : ''}
    ${message.editedAt ? html`<${Edited} original=${message.original} />` : ''}`;
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

/** @param {{original: string}} props */
function Edited({ original }) {
  if (!original) return html`<p class="message-mark">${t('chat.edited')}</p>`;
  return html`<details class="message-mark"><summary>${t('chat.edited')}: ${t('chat.original')}</summary><p dir="auto">${original}</p></details>`;
}
