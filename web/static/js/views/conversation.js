// @ts-check
import { useEffect, useRef } from 'preact/hooks';
import { accept, closeSummary, decline, suggest, summarise } from '../actions/assist.js';
import { pick, submit, unpick } from '../actions/compose.js';
import { open } from '../actions/conversation.js';
import { changeTicket, findOthers, prepare, showAside, undoMerge } from '../actions/desk.js';
import { keepDraft } from '../actions/drafts.js';
import { look, type, typedAll } from '../actions/presence.js';
import { askAgain, discardNotice, dontAskAgain, notify, setStatus } from '../actions/ticket.js';
import { Suggestion, Summary, SummaryButton } from '../components/assist.js';
import { ChatHeader } from '../components/chat-header.js';
import { Composer } from '../components/composer.js';
import { CustomerAside } from '../components/customer-aside.js';
import { Icon } from '../components/icon.js';
import { fillIn } from '../compose.js';
import { drafting, idle } from '../drafting.js';
import { customerName, oneLine } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { href } from '../router.js';
import * as state from '../state.js';
import * as talk from '../talk.js';
import { useDrop } from './drop.js';
import { Log } from './log.js';
import { Question } from './question.js';
import { ConversationCategory } from './verdict.js';

/** How wide a conversation is that has room for the customer's card beside it, in pixels: the 56rem of the style sheet. */
const besides = 896;
const ticketLink = (/** @type {number} */ id) => href({ view: 'ticket', id });

/** One ticket's conversation. @param {{id: number}} props */
export function Conversation({ id }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    state.place.ticket = id;
    const close = open(id);
    prepare((element.current?.clientWidth ?? 0) >= besides);
    const leave = look(id);
    return () => {
      leave();
      close();
    };
  }, [id]);
  const { contact, mergedInto } = talk.extra.value;
  useEffect(() => { findOthers(); }, [id, contact, mergedInto]);
  const { ticket, phase, error } = state.conversation.value.id === id ? state.conversation.value : state.emptyConversation;
  const may = state.may(state.session.value, 'agent');
  const { aside } = talk;
  const assist = drafting.value.id === id ? drafting.value : idle;
  const drop = useDrop(may && !mergedInto, (files) => pick(id, files));
  return html`<main class="chat" id="contenido" tabindex="-1" ref=${element} ...${drop.on}><div class="chat-frame" data-aside=${aside.value && ticket ? '' : undefined}>
    <${ChatHeader} id=${id} ticket=${ticket} category=${ticket ? html`<${ConversationCategory} ticket=${ticket} />` : ''} next=${ticket ? state.nextStatuses(ticket.status) : []} back=${href({ view: 'list' })} may=${may && !mergedInto}
      present=${talk.present.value} assignee=${talk.extra.value.assignee} people=${talk.people.value} aside=${aside.value} onAside=${() => showAside(!aside.value)}
      onPriority=${(/** @type {string} */ priority) => changeTicket(id, { priority })} onAssignee=${(/** @type {number} */ assignee) => changeTicket(id, { assignee })}
      notice=${state.noticeView(ticket?.notice ?? null, state.attempts.value[id])} onStatus=${(/** @type {string} */ status) => setStatus(id, status)}
      onSend=${() => ticket && notify(ticket)} onAsk=${() => ticket && askAgain(ticket)} onCancel=${() => ticket && dontAskAgain(ticket)}
      onDiscard=${() => ticket && discardNotice(ticket)}>
      ${drafts() ? html`<${SummaryButton} assist=${assist} onSummarise=${() => summarise(id)} />` : ''}
    </${ChatHeader}>
    <${Summary} text=${assist.summary} onClose=${() => closeSummary(id)} />
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

/** Whether a model may propose answers to this person. */
function drafts() {
  return state.session.value?.drafts === true && state.may(state.session.value, 'agent');
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
  const text = state.drafts.value[talk.draftKey(id, note)] ?? '';
  const assist = drafting.value.id === id ? drafting.value : idle;
  const fill = (/** @type {string} */ text) => fillIn(text, { name: oneLine(ticket.name), ticket: id, business: state.session.value?.business ?? '' });
  return html`<${Composer} name=${customerName(ticket)} draft=${text} note=${note} quote=${quote} files=${files}
    canned=${talk.canned.value} fill=${fill} error=${error} notice=${notice} onFirst=${unasked ? () => submit(id, true) : null} onSend=${() => { typedAll(); submit(id); }}
    onDraft=${(/** @type {string} */ text) => { type(); keepDraft(talk.draftKey(id, note), text); }} onNote=${(/** @type {boolean} */ on) => talk.compose(id, { note: on })}
    onUnquote=${() => talk.compose(id, { quote: null })} onFiles=${(/** @type {Iterable<File>} */ some) => pick(id, some)} onRemove=${(/** @type {string} */ key) => unpick(id, key)}>
    ${drafts() ? html`<${Suggestion} assist=${text ? assist : { ...assist, notice: '' }} onSuggest=${() => suggest(id)}
      onAccept=${(/** @type {string} */ proposed) => accept(id, proposed)} onDecline=${() => decline(id)} />` : ''}
  </${Composer}>`;
}

/** What became of a ticket that was joined, or the way back right after that. @param {{mergedInto: number}} props */
function Joined({ mergedInto }) {
  const joined = talk.joined.value;
  if (mergedInto) return html`<p class="joined"><${Icon} name="merge" />${t('desk.mergedInto')} <a href=${ticketLink(mergedInto)}>${t('chat.title', { id: mergedInto })}</a></p>`;
  if (joined?.target !== state.conversation.value.id) return null; // confirmed, and then gone elsewhere
  return html`<p class="joined" role="status"><${Icon} name="merge" />${t('desk.merged', { source: joined.source })}
    <button type="button" class="button" onClick=${undoMerge}>${t('desk.undo')}</button></p>`;
}
