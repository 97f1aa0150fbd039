// @ts-check
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { discard, retry } from '../actions/conversation.js';
import { SendingMessage } from '../components/composer-files.js';
import { Delivery } from '../components/delivery.js';
import { useGradual } from '../components/gradual.js';
import { Icon } from '../components/icon.js';
import { Message } from '../components/message.js';
import { dayHeading } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { href } from '../router.js';
import * as state from '../state.js';
import * as talk from '../talk.js';
import { entries, pictures } from '../thread.js';

/** Messages that fill a screen. */
const screenful = 16;

/** The messages; stays at the end unless the reader has gone up. @param {{phase: string}} props */
export function Log({ phase }) {
  const log = useRef(/** @type {HTMLElement | null} */ (null));
  const atEnd = useRef(true);
  const { id, messages, deciding } = state.conversation.value;
  const sending = talk.sending.value.filter((one) => one.ticket === id);
  const all = useMemo(() => entries(messages), [messages]);
  // What is read first is at the end.
  const shown = useGradual(all.length, screenful);
  const hidden = all.length - shown;
  const [more, setMore] = useState(false);
  const toEnd = () => log.current?.scrollTo(0, log.current.scrollHeight);
  useLayoutEffect(() => {
    if (atEnd.current || sending.length) toEnd();
    else setMore(true);
  }, [messages.length, sending.length]);
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
  }, [hidden]);
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
    ${all.slice(hidden).map((entry, i) => html`<${Entry} key=${entry.message.id} ticket=${id} entry=${entry} first=${hidden + i === 0}
      busy=${deciding.includes(entry.message.id)} fixed=${talk.extra.value.mergedInto > 0} />`)}
    ${sending.map((entry) => html`<${SendingMessage} key=${entry.key} entry=${entry}><${Delivery} delivery="sending" /></${SendingMessage}>`)}
    ${more ? html`<button type="button" class="button to-end" onClick=${toEnd}><${Icon} name="down" />${t('chat.toEnd')}</button>` : ''}
  </div>`;
}

/** One message; what it is told does not change with the conversation around it. @param {{ticket: number, entry: import('../thread.js').Entry, first: boolean, busy: boolean, fixed: boolean}} props */
function Entry({ ticket, entry, first, busy, fixed }) {
  const { at } = entry.message;
  return html`${entry.newDay && at ? html`<h2 class="day">${dayHeading(at, state.now.value)}</h2>` : ''}
    <${Message} entry=${entry} busy=${busy} onPicture=${showPicture} onQuote=${showMessage}
      onRetry=${retry} onDiscard=${discard} items=${choices(ticket, entry.message, first, fixed)} ticketLink=${(/** @type {number} */ id) => href({ view: 'ticket', id })} />`;
}

/** What can be done with a message. @param {number} id @param {import('../wire.js').Message} message @param {boolean} first @param {boolean} fixed */
function choices(id, message, first, fixed) {
  if (!state.may(state.session.value, 'agent') || fixed) return [];
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
