// @ts-check
import { useEffect, useRef, useState } from 'preact/hooks';
import { pick, submit, unpick } from '../actions/compose.js';
import { close, open } from '../actions/conversation.js';
import { changeTicket, findOthers, merge, prepare, showAside, split, undoMerge } from '../actions/desk.js';
import { look, type, typedAll } from '../actions/presence.js';
import { keepDraft } from '../actions/session.js';
import { askAgain, discardNotice, dontAskAgain, notify, setStatus } from '../actions/ticket.js';
import { ChatHeader } from '../components/chat-header.js';
import { Composer } from '../components/composer.js';
import { Confirmation } from '../components/confirmation.js';
import { CustomerAside } from '../components/customer-aside.js';
import { Icon } from '../components/icon.js';
import { fillIn } from '../compose.js';
import { customerName, oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { go, href } from '../router.js';
import * as state from '../state.js';
import * as talk from '../talk.js';
import { Log } from './log.js';

/** How wide a conversation is that has room for the customer's card beside it, in pixels: the 56rem of the style sheet. */
const besides = 896;
const ticketLink = (/** @type {number} */ id) => href({ view: 'ticket', id });

/** One ticket's conversation. @param {{id: number}} props */
export function Conversation({ id }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    state.place.ticket = id;
    open(id);
    prepare((element.current?.clientWidth ?? 0) >= besides);
    const leave = look(id);
    return () => {
      leave();
      close();
    };
  }, [id]);
  const { contact, mergedInto } = talk.extra.value;
  useEffect(() => { findOthers(); }, [id, contact, mergedInto]);
  const { ticket, phase, error } = state.conversation.value;
  const may = state.may(state.session.value, 'agent');
  const { aside } = talk;
  const drop = useDrop(may && !mergedInto, (files) => pick(id, files));
  return html`<main class="chat" id="contenido" tabindex="-1" ref=${element} ...${drop.on}><div class="chat-frame" data-aside=${aside.value && ticket ? '' : undefined}>
    <${ChatHeader} id=${id} ticket=${ticket} next=${ticket ? state.nextStatuses(ticket.status) : []} back=${href({ view: 'list' })} may=${may && !mergedInto}
      present=${talk.present.value} assignee=${talk.extra.value.assignee} people=${talk.people.value} aside=${aside.value} onAside=${() => showAside(!aside.value)}
      onPriority=${(/** @type {string} */ priority) => changeTicket(id, { priority })} onAssignee=${(/** @type {number} */ assignee) => changeTicket(id, { assignee })}
      notice=${state.noticeView(ticket?.notice ?? null, state.attempts.value[id])} onStatus=${(/** @type {string} */ status) => setStatus(id, status)}
      onSend=${() => ticket && notify(ticket)} onAsk=${() => ticket && askAgain(ticket)} onCancel=${() => ticket && dontAskAgain(ticket)}
      onDiscard=${() => ticket && discardNotice(ticket)} />
    <${Joined} mergedInto=${mergedInto} />
    ${phase === 'failed' ? html`<p class="hint" role="alert">${error}</p>` : html`<${Log} phase=${phase} />`}
    ${ticket && phase !== 'failed' && may && !mergedInto ? html`<${Writing} id=${id} ticket=${ticket} />` : ''}
    ${ticket && aside.value ? html`<${CustomerAside} ticket=${ticket} others=${talk.others.value} now=${state.now.value} may=${may && !mergedInto} ticketLink=${ticketLink}
      customerLink=${customerLink(contact)} onClose=${() => showAside(false)}
      onMerge=${(/** @type {number} */ other) => { talk.question.value = { kind: 'merge', ticket: other, message: 0 }; }} />` : ''}
    <${Question} />
    ${drop.over ? html`<p class="drop-hint"><${Icon} name="attach" />${t('attach.drop')}</p>` : ''}
  </div></main>`;
}

/** The page about a customer, where there is one. @param {number} contact */
function customerLink(contact) {
  const link = href({ view: 'customer', id: contact });
  return contact && link !== href({ view: 'nothing' }) ? link : '';
}

/** @param {{id: number, ticket: state.Ticket}} props */
function Writing({ id, ticket }) {
  const { error, notice, unasked } = state.conversation.value;
  const { note, quote, files } = talk.composer(id);
  const fill = (/** @type {string} */ text) => fillIn(text, { name: oneLine(ticket.name), ticket: id, business: state.session.value?.business ?? '' });
  return html`<${Composer} name=${customerName(ticket)} draft=${state.drafts.value[talk.draftKey(id, note)] ?? ''} note=${note} quote=${quote} files=${files}
    canned=${talk.canned.value} fill=${fill} error=${error} notice=${notice} onFirst=${unasked ? () => submit(id, true) : null} onSend=${() => { typedAll(); submit(id); }}
    onDraft=${(/** @type {string} */ text) => { type(); keepDraft(talk.draftKey(id, note), text); }} onNote=${(/** @type {boolean} */ on) => talk.compose(id, { note: on })}
    onUnquote=${() => talk.compose(id, { quote: null })} onFiles=${(/** @type {Iterable<File>} */ some) => pick(id, some)} onRemove=${(/** @type {string} */ key) => unpick(id, key)} />`;
}

/** What became of a ticket that was joined, or the way back right after that. @param {{mergedInto: number}} props */
function Joined({ mergedInto }) {
  const joined = talk.joined.value;
  if (mergedInto) return html`<p class="joined"><${Icon} name="merge" />${t('desk.mergedInto')} <a href=${ticketLink(mergedInto)}>${t('chat.title', { id: mergedInto })}</a></p>`;
  if (!joined) return null;
  return html`<p class="joined" role="status"><${Icon} name="merge" />${t('desk.merged', { source: joined.source })}
    <button type="button" class="button" onClick=${undoMerge}>${t('desk.undo')}</button></p>`;
}

function Question() {
  const question = talk.question.value;
  if (!question) return null;
  const no = () => { talk.question.value = null; };
  if (question.kind === 'merge') {
    return html`<${Confirmation} title=${t('merge.title', { id: question.ticket })} text=${t('merge.text', { id: question.ticket })} action=${t('aside.merge')}
      onYes=${() => merge(question.ticket)} onNo=${no} />`;
  }
  const yes = async () => {
    const id = await split(question.message);
    if (id) go({ view: 'ticket', id });
  };
  return html`<${Confirmation} title=${t('split.title')} text=${t('split.text')} action=${t('chat.split')} onYes=${yes} onNo=${no} />`;
}

/** Files that are dragged over an element. @param {boolean} wanted @param {(files: Iterable<File>) => void} take */
function useDrop(wanted, take) {
  const [over, setOver] = useState(false);
  const carries = (/** @type {DragEvent} */ event) => wanted && (event.dataTransfer?.types.includes('Files') ?? false);
  const onDragOver = (/** @type {DragEvent} */ event) => {
    if (!carries(event)) return;
    event.preventDefault();
    setOver(true);
  };
  const onDragLeave = (/** @type {any} */ event) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setOver(false);
  };
  const onDrop = (/** @type {DragEvent} */ event) => {
    if (!carries(event)) return;
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer?.files ?? []);
  };
  return { over, on: { onDragOver, onDragLeave, onDrop } };
}
