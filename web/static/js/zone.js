// @ts-check
/** The time zone in which dates are written. */
import { language } from './i18n.js';

/** @typedef {{dateOnly: Intl.DateTimeFormat, dateAndYear: Intl.DateTimeFormat, clock: Intl.DateTimeFormat, full: Intl.DateTimeFormat, dayName: Intl.DateTimeFormat, civil: Intl.DateTimeFormat}} Formats */
/** What has been asked for, by language and zone. @type {Map<string, Formats>} */
const known = new Map();
/** The business's time zone; empty is the browser's own. */
let chosen = '';

/** Writes every date in a time zone from now on, in the browser's own for ''. @param {string} zone IANA name */
export function inZone(zone) {
  chosen = zone;
}

/** The time zone in which dates are written; empty is the browser's own. */
export function home() {
  return chosen;
}

/** The ways of writing a date in a zone. @param {string} zone @returns {Formats} */
export function formats(zone) {
  const key = `${language()} ${zone}`;
  const found = known.get(key) ?? make(zone);
  known.set(key, found);
  return found;
}

/** A zone that this browser does not know is its own. @param {string} zone @returns {Formats} */
function make(zone) {
  try {
    return write(zone || undefined);
  } catch {
    return write(undefined);
  }
}

/** @param {string | undefined} timeZone @returns {Formats} */
function write(timeZone) {
  const as = (/** @type {Intl.DateTimeFormatOptions} */ options, place = language()) => new Intl.DateTimeFormat(place, { ...options, timeZone });
  return {
    dateOnly: as({ day: 'numeric', month: 'short' }),
    dateAndYear: as({ day: 'numeric', month: 'short', year: 'numeric' }),
    clock: as({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    full: as({ dateStyle: 'full', timeStyle: 'short', hourCycle: 'h23' }),
    dayName: as({ weekday: 'long', day: 'numeric', month: 'long' }),
    civil: as({ year: 'numeric', month: 'numeric', day: 'numeric', calendar: 'gregory', numberingSystem: 'latn' }, 'en'),
  };
}

/** The day that a calendar on the wall shows. @param {Date} date @param {string} zone @returns {[number, number, number]} year, month, day */
export function civil(date, zone) {
  const parts = Object.fromEntries(formats(zone).civil.formatToParts(date).map((part) => [part.type, Number(part.value)]));
  return [parts.year, parts.month, parts.day];
}

/**
 * When a day of the calendar begins in a zone, which is not always at midnight.
 * A day that does not exist is the one that many days later.
 * @param {number} year @param {number} month from 1 @param {number} of day of the month @param {string} [zone]
 */
export function dayStart(year, month, of, zone = chosen) {
  const midnight = Date.UTC(year, month - 1, of);
  const wanted = new Date(midnight);
  const day = order(wanted.getUTCFullYear(), wanted.getUTCMonth() + 1, wanted.getUTCDate());
  // No zone is a whole day from UTC, and none is off by less than a minute.
  let before = midnight / minute - minutesPerDay;
  let after = midnight / minute + minutesPerDay;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (order(...civil(new Date(middle * minute), zone)) < day) before = middle;
    else after = middle;
  }
  return new Date(after * minute);
}

const minute = 60_000;
const minutesPerDay = 24 * 60;

/** A number that grows with the date. @param {number} year @param {number} month @param {number} day */
function order(year, month, day) {
  return (year * 100 + month) * 100 + day;
}
