// @ts-check
/** Writing: replies, files and notes on their way to the server. What was not accepted returns to where it was written. */
import { Problem } from '../api.js';
import { largest, shows } from '../compose.js';
import { convapi } from '../convapi.js';
import { t } from '../i18n.js';
import * as state from '../state.js';
import * as talk from '../talk.js';
import { complain, refresh, update } from './conversation.js';
import { arrives, giveBack, keepDraft, leaves, lostKey } from './drafts.js';
import { change, sentence } from './guard.js';

/** A name that nobody else uses. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Takes files to be sent with the next reply. @param {number} id @param {Iterable<File>} files */
export function pick(id, files) {
  if (talk.composer(id).note) return update(id, { error: t('attach.note') });
  const all = [...files];
  const fit = all.filter((file) => file.size > 0 && file.size <= largest);
  const picked = fit.map((file) => ({ key: newKey(), file, url: shows(file) ? URL.createObjectURL(file) : '' }));
  talk.compose(id, { files: [...talk.composer(id).files, ...picked] });
  update(id, { error: fit.length < all.length ? t('attach.tooLarge', { size: largest / 1e6 }) : '' });
}

/** @param {number} id @param {string} key */
export function unpick(id, key) {
  const { files } = talk.composer(id);
  const gone = files.find((file) => file.key === key);
  if (gone?.url) URL.revokeObjectURL(gone.url);
  talk.compose(id, { files: files.filter((file) => file !== gone) });
}

/**
 * Sends what is written to a ticket: a note, a text, or files with the text on
 * the first. Until the server answers it shows as being sent, and the same text
 * is not sent again.
 * @param {number} id @param {boolean} [first] although the customer has not written
 */
export async function submit(id, first = false) {
  const { note, quote, files } = talk.composer(id);
  const draft = talk.draftKey(id, note);
  const text = state.drafts.value[draft]?.trim() ?? '';
  const underWay = talk.sending.value.some((one) => one.ticket === id && one.note === note && one.text === text && text && !one.name);
  if ((!text && (note || !files.length)) || underWay) return;
  keepDraft(draft, '');
  update(id, { error: '', notice: '', unasked: false });
  if (note) {
    const entry = { ticket: id, key: newKey(), text, note, name: '', url: '', progress: 1 };
    await deliver(entry, () => convapi.note(id, text), () => giveBack(entry, text));
    return;
  }
  talk.compose(id, { quote: null, files: [] });
  const back = (/** @type {talk.Picked[]} */ kept, /** @type {string} */ words) => {
    giveBack({ ticket: id, note }, words);
    talk.compose(id, { quote, files: [...kept, ...talk.composer(id).files] });
  };
  const manner = { key: lostKey({ ticket: id, note, text }) ?? newKey(), quote: quote?.waId ?? '', first };
  if (!files.length) {
    await deliver({ ticket: id, key: manner.key, text, note, name: '', url: '', progress: 1 }, () => convapi.reply(id, text, manner), () => back([], text));
    return;
  }
  for (const [i, picked] of files.entries()) {
    const caption = i ? '' : text;
    const work = () => convapi.sendFile(id, picked.file, caption, { ...manner, key: picked.key }, (share) => progress(picked.key, share));
    const entry = { ticket: id, key: picked.key, text: caption, note, name: picked.file.name, url: picked.url, progress: 0 };
    const sent = await deliver(entry, work, () => back(files.slice(i), caption));
    if (!sent) return;
    if (picked.url) URL.revokeObjectURL(picked.url);
  }
}

/** @param {string} key @param {number} share */
function progress(key, share) {
  talk.sending.value = talk.sending.value.map((one) => (one.key === key ? { ...one, progress: share } : one));
}

/**
 * Shows an entry as being sent while work is under way. Returns whether the
 * server has it now; if not, back was called.
 * @param {talk.Sending} entry @param {() => Promise<void>} work @param {() => void} back
 */
async function deliver(entry, work, back) {
  const over = () => { talk.sending.value = talk.sending.value.filter((one) => one.key !== entry.key); };
  talk.sending.value = [...talk.sending.value, entry];
  if (entry.text) leaves({ ...entry, lost: false });
  let has = true;
  try {
    await change(work);
    arrives(entry);
  } catch (cause) {
    has = failed(entry, cause, back);
  }
  // What came back may be sent again at once; what went stays until the conversation shows it.
  if (!has) over();
  await refresh();
  over();
  return has;
}

/** @param {talk.Sending} entry @param {unknown} cause @param {() => void} back */
function failed(entry, cause, back) {
  const { ticket: id } = entry;
  const lost = cause instanceof Problem && cause.offline;
  arrives(entry);
  if (cause instanceof Problem && cause.queued) {
    update(id, { notice: t('reply.queued', { reason: cause.message }) });
    return true;
  }
  if (lost && !entry.name) leaves({ ...entry, lost });
  back();
  complain(id, lost ? t('reply.uncertain') : sentence(cause));
  update(id, { unasked: cause instanceof Problem && cause.status === 409 && state.may(state.session.value, 'admin') });
  return false;
}

/** Has the browser ask before the page goes while a file is on its way, which is not kept for later. @param {Event} event */
export function holdPage(event) {
  if (talk.sending.value.some(({ name }) => name)) event.preventDefault();
}
