// @ts-check
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { discard, retry } from '../actions/conversation.js';
import { SendingMessage } from '../components/composer-files.js';
import { Delivery } from '../components/delivery.js';
import { Icon } from '../components/icon.js';
import { Message } from '../components/message.js';
import { dayHeading } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { href } from '../router.js';
import * as state from '../state.js';
import * as talk from '../talk.js';
import { entries, pictures } from '../thread.js';

/** The messages; stays at the end unless the reader has gone up. @param {{phase: string}} props */
export function Log({ phase }) {
  const log = useRef(/** @type {HTMLElement | null} */ (null));
  const atEnd = useRef(true);
  const { messages } = state.conversation.value;
  const sending = talk.sending.value;
  const [more, setMore] = useState(false);
  const toEnd = () => log.current?.scrollTo(0, log.current.scrollHeight);
  useLayoutEffect(() => {
    if (atEnd.current || sending.length) toEnd();
    else setMore(true);
  }, [messages.length, sending.length]);
  // What is written below, or a keyboard, makes the log lower.
  useLayoutEffect(() => {
    const watch = new ResizeObserver(() => atEnd.current && toEnd());
    if (log.current) watch.observe(log.current);
    return () => watch.disconnect();
  }, []);
  const onScroll = () => {
    const element = log.current;
    if (element) atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 80;
    if (atEnd.current) setMore(false);
  };
  // A picture that arrives late makes the log higher.
  const onLoad = () => atEnd.current && toEnd();
  return html`<div class="log" role="log" aria-label=${t('chat.log')} tabindex="0" ref=${log} onScroll=${onScroll} onLoadCapture=${onLoad}>
    ${phase === 'loading' ? html`<p class="hint"><span class="spinner"></span>${t('chat.loading')}</p>` : ''}
    ${phase === 'ready' && !messages.length && !sending.length ? html`<p class="hint">${t('chat.empty')}</p>` : ''}
    ${entries(messages).map((entry, i) => html`<${Entry} key=${entry.message.id} entry=${entry} first=${i === 0} />`)}
    ${sending.map((entry) => html`<${SendingMessage} key=${entry.key} entry=${entry}><${Delivery} delivery="sending" /></${SendingMessage}>`)}
    ${more ? html`<button type="button" class="button to-end" onClick=${toEnd}><${Icon} name="down" />${t('chat.toEnd')}</button>` : ''}
  </div>`;
}

/** @param {{entry: import('../thread.js').Entry, first: boolean}} props */
function Entry({ entry, first }) {
  const { at } = entry.message;
  return html`${entry.newDay && at ? html`<h2 class="day">${dayHeading(at, state.now.value)}</h2>` : ''}
    <${Message} entry=${entry} busy=${state.conversation.value.deciding.includes(entry.message.id)} onPicture=${showPicture} onQuote=${showMessage}
      onRetry=${retry} onDiscard=${discard} items=${choices(entry.message, first)} ticketLink=${(/** @type {number} */ id) => href({ view: 'ticket', id })} />`;
}

/** What can be done with a message. @param {import('../wire.js').Message} message @param {boolean} first */
function choices(message, first) {
  const { id } = state.conversation.value;
  if (!state.may(state.session.value, 'agent') || talk.extra.value.mergedInto) return [];
  const quote = { text: t('chat.quote'), icon: 'quote', act: () => {
    talk.compose(id, { quote: message, note: false });
    document.getElementById('respuesta')?.focus();
  } };
  const split = { text: t('chat.split'), icon: 'split', act: () => { talk.question.value = { kind: 'split', ticket: id, message: message.id }; } };
  return [...(message.waId && message.direction !== 'note' ? [quote] : []), ...(first ? [] : [split])];
}

/** @param {string} url */
function showPicture(url) {
  const all = pictures(state.conversation.value.messages);
  state.lightbox.value = { pictures: all, index: Math.max(all.indexOf(url), 0) };
}

/** @param {number} id */
function showMessage(id) {
  const element = document.getElementById(`mensaje-${id}`);
  element?.scrollIntoView({ block: 'center' });
  element?.focus({ preventScroll: true });
}
