// @ts-check
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { accept, closeSummary, decline, suggest, summarise } from '../actions/assist.js';
import { close, discard, open, reply, retry } from '../actions/conversation.js';
import { keepDraft } from '../actions/session.js';
import { askAgain, discardNotice, dontAskAgain, notify, setStatus } from '../actions/ticket.js';
import { Suggestion, Summary, SummaryButton } from '../components/assist.js';
import { ChatHeader } from '../components/chat-header.js';
import { Composer } from '../components/composer.js';
import { Delivery } from '../components/delivery.js';
import { Icon } from '../components/icon.js';
import { Message } from '../components/message.js';
import { drafting, idle } from '../drafting.js';
import { customerName, dayHeading } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { href } from '../router.js';
import * as state from '../state.js';
import { entries, pictures } from '../thread.js';
import { ConversationCategory } from './verdict.js';

/** One ticket's conversation. @param {{id: number}} props */
export function Conversation({ id }) {
  useEffect(() => {
    state.place.ticket = id;
    open(id);
    return close;
  }, [id]);
  const { ticket, phase, error, notice, unasked } = state.conversation.value;
  const assist = drafting.value.id === id ? drafting.value : idle;
  const drafts = state.session.value?.drafts === true && state.session.value.role !== 'reader';
  return html`<main class="chat" id="contenido" tabindex="-1">
    <${ChatHeader} id=${id} ticket=${ticket} category=${ticket ? html`<${ConversationCategory} ticket=${ticket} />` : ''} next=${ticket ? state.nextStatuses(ticket.status) : []} back=${href({ view: 'list' })}
      notice=${state.noticeView(ticket?.notice ?? null, state.attempts.value[id])} onStatus=${(/** @type {string} */ status) => setStatus(id, status)}
      onSend=${() => ticket && notify(ticket)} onAsk=${() => ticket && askAgain(ticket)} onCancel=${() => ticket && dontAskAgain(ticket)}
      onDiscard=${() => ticket && discardNotice(ticket)}>
      ${drafts ? html`<${SummaryButton} assist=${assist} onSummarise=${() => summarise(id)} />` : ''}
    </${ChatHeader}>
    <${Summary} text=${assist.summary} onClose=${() => closeSummary(id)} />
    ${phase === 'failed' ? html`<p class="hint" role="alert">${error}</p>` : html`<${Log} phase=${phase} />`}
    ${ticket && phase !== 'failed' ? html`<${Composer} name=${customerName(ticket)} draft=${state.drafts.value[id] ?? ''} error=${error} notice=${notice}
      onFirst=${unasked ? () => reply(id, unasked, true) : null}
      onDraft=${(/** @type {string} */ text) => keepDraft(id, text)} onSend=${(/** @type {string} */ text) => reply(id, text)}>
      ${drafts ? html`<${Suggestion} assist=${state.drafts.value[id] ? assist : { ...assist, notice: '' }} onSuggest=${() => suggest(id)} onAccept=${(/** @type {string} */ text) => accept(id, text)}
        onDecline=${() => decline(id)} />` : ''}
    </${Composer}>` : ''}
  </main>`;
}

/** The messages; stays at the end unless the reader has gone up. @param {{phase: string}} props */
function Log({ phase }) {
  const log = useRef(/** @type {HTMLElement | null} */ (null));
  const atEnd = useRef(true);
  const { messages, sending } = state.conversation.value;
  const [more, setMore] = useState(false);
  const toEnd = () => log.current?.scrollTo(0, log.current.scrollHeight);
  useLayoutEffect(() => {
    if (atEnd.current || sending.length) toEnd();
    else setMore(true);
  }, [messages.length, sending.length]);
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
    ${entries(messages).map((entry) => html`<${Entry} key=${entry.message.id} entry=${entry} />`)}
    ${sending.map((text) => html`<article class="message" data-direction="out"><p class="message-text" dir="auto">${text}</p>
      <footer class="message-footer"><${Delivery} delivery="sending" /></footer></article>`)}
    ${more ? html`<button type="button" class="button to-end" onClick=${toEnd}><${Icon} name="down" />${t('chat.toEnd')}</button>` : ''}
  </div>`;
}

/** @param {{entry: import('../thread.js').Entry}} props */
function Entry({ entry }) {
  const { at } = entry.message;
  return html`${entry.newDay && at ? html`<h2 class="day">${dayHeading(at, state.now.value)}</h2>` : ''}
    <${Message} entry=${entry} busy=${state.conversation.value.deciding.includes(entry.message.id)} onPicture=${showPicture} onQuote=${showMessage}
      onRetry=${retry} onDiscard=${discard} />`;
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
