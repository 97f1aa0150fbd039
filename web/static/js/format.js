// @ts-check
/** Pure: how times, sizes, names and text are written. Nothing here touches the page. */
import { language, t } from './i18n.js';
import { civil, formats, home } from './zone.js';

const minute = 60_000;
const hour = 60 * minute;
const dayLength = 24 * hour;

const relative = new Intl.RelativeTimeFormat(language(), { numeric: 'auto', style: 'short' });

/**
 * "ahora", "hace 5 min", "ayer", "3 nov". A clock that is behind never says "in 2 minutes".
 * @param {Date | null} date @param {number} now milliseconds @param {string} [zone]
 */
export function ago(date, now, zone = home()) {
  if (!date) return '';
  const age = now - date.getTime();
  if (age < minute) return t('time.now');
  if (age < hour) return relative.format(-Math.floor(age / minute), 'minute');
  if (age < dayLength) return relative.format(-Math.floor(age / hour), 'hour');
  if (age < 7 * dayLength) return relative.format(-Math.floor(age / dayLength), 'day');
  const { dateOnly, dateAndYear } = formats(zone);
  const sameYear = civil(date, zone)[0] === civil(new Date(now), zone)[0];
  return (sameYear ? dateOnly : dateAndYear).format(date);
}

/** "45 s", "5 min", "3 h", "2 d". @param {number} ms */
export function duration(ms) {
  const whole = Math.max(ms, 0);
  if (whole < minute) return unit(whole / 1000, 'second');
  if (whole < hour) return unit(whole / minute, 'minute');
  return whole < 2 * dayLength ? unit(whole / hour, 'hour') : unit(whole / dayLength, 'day');
}

/** @param {number} n @param {string} name */
function unit(n, name) {
  return new Intl.NumberFormat(language(), { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 0, roundingMode: 'floor' }).format(n);
}

/** "12.345" @param {number} n */
export function count(n) {
  return new Intl.NumberFormat(language(), { useGrouping: true }).format(n);
}

/** "40 %", of a whole that is not nothing. @param {number} part @param {number} whole */
export function share(part, whole) {
  return new Intl.NumberFormat(language(), { style: 'percent', maximumFractionDigits: 0 }).format(part / whole);
}

/** "3 nov" @param {string} day of the calendar, as 2026-11-03 */
export function calendarDay(day) {
  return formats('UTC').dateOnly.format(new Date(`${day}T12:00:00Z`));
}

/** The whole date with the time of day. @param {Date | null} date @param {string} [zone] */
export function exact(date, zone = home()) {
  return date ? formats(zone).full.format(date) : '';
}

/** "14:05" @param {Date | null} date @param {string} [zone] */
export function timeOfDay(date, zone = home()) {
  return date ? formats(zone).clock.format(date) : '';
}

/** Heading of a day in a conversation. @param {Date} date @param {number} now milliseconds @param {string} [zone] */
export function dayHeading(date, now, zone = home()) {
  const days = daysBetween(date, new Date(now), zone);
  if (days === 0) return t('time.today');
  if (days === 1) return t('time.yesterday');
  return formats(zone).dayName.format(date);
}

/** "12 nov 2026" @param {Date | null} date @param {string} [zone] */
export function day(date, zone = home()) {
  return date ? formats(zone).dateAndYear.format(date) : '';
}

/** The name of a day of the week. @param {number} index from Monday on, 0 to 6 */
export function weekday(index) {
  // The fifth of January 2026 was a Monday.
  return new Intl.DateTimeFormat(language(), { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2026, 0, 5 + index));
}

/** Whole days on the calendar from a to b, whatever daylight saving does. @param {Date} a @param {Date} b @param {string} [zone] */
export function daysBetween(a, b, zone = home()) {
  const midnight = (/** @type {Date} */ d) => {
    const [year, month, date] = civil(d, zone);
    return Date.UTC(year, month - 1, date);
  };
  return Math.round((midnight(b) - midnight(a)) / dayLength);
}

/** "12 kB"; empty when unknown. @param {number} bytes */
export function fileSize(bytes) {
  if (!(bytes > 0)) return '';
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  const step = Math.min(Math.floor(Math.log(bytes) / Math.log(1000)), units.length - 1);
  const number = new Intl.NumberFormat(language(), {
    style: 'unit', unit: units[step], unitDisplay: 'short', maximumFractionDigits: step > 1 ? 1 : 0,
  });
  return number.format(bytes / 1000 ** step);
}

/**
 * One harmless line: without control characters and without the marks that turn
 * the direction of writing, which make "exe.gpj" look like a picture.
 * @param {string} text
 */
export function oneLine(text) {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
}

/** What a customer is called. @param {{name: string, phone: string, hidden: boolean}} customer */
export function customerName(customer) {
  return oneLine(customer.name) || customer.phone || t('customer.unknown');
}

/** The line under the name. @param {{name: string, phone: string, hidden: boolean, group: boolean}} customer */
export function customerPhone(customer) {
  if (customer.group) return t('customer.group');
  if (customer.hidden || !customer.phone) return t('customer.hidden');
  return oneLine(customer.name) ? customer.phone : '';
}

/** A stable number from 0 to 5 for text, to give each category its own hue. @param {string} text */
export function hue(text) {
  let sum = 7;
  for (const char of text) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return sum % 6;
}

/**
 * Picks the singular, plural or missing part of the page title.
 * @param {string} name @param {number} pending
 */
export function pageTitle(name, pending) {
  return pending > 0 ? `(${pending}) ${name}` : name;
}
