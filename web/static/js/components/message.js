// @ts-check
import { exact, oneLine, timeOfDay } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Transcription } from './assist.js';
import { Attachment } from './attachment.js';
import { Decision } from './decision.js';
import { Delivery } from './delivery.js';
import { RichText } from './rich-text.js';

/** @typedef {import('../wire.js').Message} Data */

/** What stands above the text of messages that are more than text. @type {Record<string, string>} */
const labels = { location: 'chat.location', contact: 'chat.contact', sticker: 'chat.sticker', unreadable: 'chat.unreadable' };
/** What a quotation of a message without text says. @type {Record<string, string>} */
const previews = { image: 'file.photo', audio: 'file.audio', voice: 'file.voice', video: 'file.video', document: 'file.document', ...labels };

/** How a reason is meant, by the state it explains. @type {Record<string, string>} */
const tones = { failed: 'bad', queued: 'wait', limited: 'wait', confirm: 'wait' };

/**
 * One entry of a conversation.
 * @param {{entry: import('../thread.js').Entry, busy: boolean, onPicture: (url: string) => void, onQuote: (id: number) => void,
 *   onRetry: (id: number) => void, onDiscard: (id: number) => void}} props
 */
export function Message({ entry, busy, onPicture, onQuote, onRetry, onDiscard }) {
  const { message, quoted, reactions } = entry;
  if (message.direction === 'event') return html`<p class="event"><span dir="auto">${eventText(message)}</span> <${Clock} date=${message.at} /></p>`;
  return html`<article class="message" id=${`mensaje-${message.id}`} data-direction=${message.direction} data-kind=${message.kind} data-delivery=${message.delivery || undefined} tabindex="-1">
    <${Heading} message=${message} />
    ${quoted ? html`<${Quotation} quoted=${quoted} onQuote=${onQuote} />` : ''}
    ${labels[message.kind] ? html`<p class="message-label">${t(labels[message.kind])}</p>` : ''}
    ${message.files.map((file) => html`<${Attachment} file=${file} kind=${message.kind} onPicture=${onPicture} />`)}
    ${message.deletedAt ? '' : html`<${Transcription} text=${message.transcription} />`}
    <${Body} message=${message} />
    ${message.reason ? html`<p class="message-reason" data-tone=${tones[message.delivery]}>${message.reason}</p>` : ''}
    ${message.direction === 'out' ? html`<${Decision} message=${message} busy=${busy} onRetry=${onRetry} onDiscard=${onDiscard} />` : ''}
    <footer class="message-footer"><${Clock} date=${message.at} /><${Delivery} delivery=${message.delivery} /></footer>
    ${reactions.length ? html`<p class="reactions" aria-label=${t('chat.reaction', { list: reactions.join(' ') })} role="img">${reactions.map(oneLine).join(' ')}</p>` : ''}
  </article>`;
}

/** Who wrote it, where that is not plain from the side it stands on. @param {{message: Data}} props */
function Heading({ message }) {
  const parts = [];
  if (message.direction === 'note') parts.push(t('chat.note'));
  if (message.author) parts.push(oneLine(message.author));
  if (message.fromPhone) parts.push(t('chat.fromPhone'));
  return parts.length ? html`<p class="message-author"><bdi>${parts.join(' · ')}</bdi></p>` : null;
}

/** @param {{message: Data}} props */
function Body({ message }) {
  if (message.deletedAt) {
    return html`${message.text ? html`<p class="message-text" dir="auto"><s>${message.text}</s></p>` : ''}
      <p class="message-mark">${t('chat.deleted')}</p>`;
  }
  const text = message.text || (message.kind === 'other' && !message.files.length ? t('chat.other') : '');
  return html`${text ? html`<p class="message-text" dir="auto"><${RichText} text=${text} /></p>` : ''}
    ${message.editedAt ? html`<${Edited} original=${message.original} />` : ''}`;
}

/** @param {{original: string}} props */
function Edited({ original }) {
  if (!original) return html`<p class="message-mark">${t('chat.edited')}</p>`;
  return html`<details class="message-mark"><summary>${t('chat.edited')}: ${t('chat.original')}</summary><p dir="auto">${original}</p></details>`;
}

/** @param {{quoted: Data, onQuote: (id: number) => void}} props */
function Quotation({ quoted, onQuote }) {
  const text = oneLine(quoted.text) || t(previews[quoted.kind] ?? 'chat.other');
  return html`<button type="button" class="quotation" title=${t('chat.quoted')} onClick=${() => onQuote(quoted.id)}>
    ${quoted.direction === 'out' ? html`<b>${t('chat.you')}</b> ` : ''}<bdi>${text}</bdi>
  </button>`;
}

/** @param {{date: Date | null}} props */
function Clock({ date }) {
  return date ? html`<time datetime=${date.toISOString()} title=${exact(date)}>${timeOfDay(date)}</time>` : null;
}

/** @param {Data} message */
function eventText(message) {
  const text = oneLine(message.text);
  if (message.kind === 'reaction') return text ? t('chat.event.reaction', { text }) : t('chat.event.unreaction');
  if (message.kind === 'edit') return t('chat.event.edit', { text });
  if (message.kind === 'deletion') return t('chat.event.deletion');
  return text;
}
