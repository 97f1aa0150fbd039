// @ts-check
/** Pure: a conversation's messages into what is shown, reactions on what they react to. */
import { daysBetween } from './format.js';

/** In milliseconds. */
const quarter = 15 * 60_000;

/** @typedef {import('./wire.js').Message} Message */
/** @typedef {{message: Message, quoted: Message | null, reactions: string[], edits: Message[], newDay: boolean}} Entry */

/**
 * Messages in their order. Reactions, edits and deletions join the message they
 * are about; those about a message that is not here remain as entries.
 * @param {Message[]} messages oldest first
 * @returns {Entry[]}
 */
export function entries(messages) {
  const byId = new Map(messages.filter((m) => m.waId && !isEvent(m)).map((m) => [m.waId, m]));
  const reactions = reactionsByTarget(messages);
  /** @type {Date | null} */
  let last = null;
  return messages.filter((m) => !isEvent(m) || !byId.has(m.refersTo)).map((message) => {
    const newDay = message.at !== null && (last === null || !sameQuarter(last, message.at) && daysBetween(last, message.at) !== 0);
    last = message.at ?? last;
    return {
      message, newDay,
      quoted: isEvent(message) ? null : byId.get(message.refersTo) ?? null,
      edits: message.editedAt ? editsOf(message, messages) : [],
      reactions: message.waId ? [...(reactions.get(message.waId)?.values() ?? [])] : [],
    };
  });
}

/** Whether two times are in the same quarter of an hour, in which no time zone's day ends. @param {Date} a @param {Date} b */
function sameQuarter(a, b) {
  return Math.floor(a.getTime() / quarter) === Math.floor(b.getTime() / quarter);
}

/** @param {Message} m */
function isEvent(m) {
  return m.kind === 'reaction' || m.kind === 'edit' || m.kind === 'deletion';
}

/** The edits of a message by whoever wrote it, oldest first. @param {Message} message @param {Message[]} messages */
function editsOf(message, messages) {
  return messages.filter((m) => m.kind === 'edit' && m.refersTo === message.waId && m.fromPhone === (message.direction === 'out'));
}

/**
 * The last reaction of each person to each message; an empty one takes it back.
 * @param {Message[]} messages
 */
function reactionsByTarget(messages) {
  /** @type {Map<string, Map<string, string>>} */
  const targets = new Map();
  for (const { kind, refersTo, author, direction, text } of messages) {
    if (kind !== 'reaction') continue;
    const people = targets.get(refersTo) ?? new Map();
    targets.set(refersTo, people);
    const person = `${direction} ${author}`;
    if (text) people.set(person, text);
    else people.delete(person);
  }
  return targets;
}

/** Every picture of a conversation that can be shown large. @param {Message[]} messages */
export function pictures(messages) {
  return messages.flatMap((m) => m.files.filter((f) => f.url && isPicture(f, m.kind)).map((f) => /** @type {string} */ (f.url)));
}

/** @param {{mime: string}} file @param {string} kind */
export function isPicture(file, kind) {
  return kind === 'image' || kind === 'sticker' || /^image\/(jpeg|png|webp|gif)\b/.test(file.mime);
}
