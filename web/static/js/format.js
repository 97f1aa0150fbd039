// @ts-check
/** Pure: how times, sizes, names and text are written. Nothing here touches the page. */
import { language, t } from './i18n.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const relative = new Intl.RelativeTimeFormat(language(), { numeric: 'auto', style: 'short' });
const dateOnly = new Intl.DateTimeFormat(language(), { day: 'numeric', month: 'short' });
const dateAndYear = new Intl.DateTimeFormat(language(), { day: 'numeric', month: 'short', year: 'numeric' });
const clock = new Intl.DateTimeFormat(language(), { hour: '2-digit', minute: '2-digit', hour12: false });
const full = new Intl.DateTimeFormat(language(), { dateStyle: 'full', timeStyle: 'short', hour12: false });
const dayName = new Intl.DateTimeFormat(language(), { weekday: 'long', day: 'numeric', month: 'long' });

/**
 * "ahora", "hace 5 min", "ayer", "3 nov". A clock that is behind never says "in 2 minutes".
 * @param {Date | null} date @param {number} now milliseconds
 */
export function ago(date, now) {
  if (!date) return '';
  const age = now - date.getTime();
  if (age < minute) return t('time.now');
  if (age < hour) return relative.format(-Math.floor(age / minute), 'minute');
  if (age < day) return relative.format(-Math.floor(age / hour), 'hour');
  if (age < 7 * day) return relative.format(-Math.floor(age / day), 'day');
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return (sameYear ? dateOnly : dateAndYear).format(date);
}

/** "45 s", "5 min", "3 h", "2 d". @param {number} ms */
export function duration(ms) {
  const whole = Math.max(ms, 0);
  if (whole < minute) return unit(whole / 1000, 'second');
  if (whole < hour) return unit(whole / minute, 'minute');
  return whole < 2 * day ? unit(whole / hour, 'hour') : unit(whole / day, 'day');
}

/** @param {number} n @param {string} name */
function unit(n, name) {
  return new Intl.NumberFormat(language(), { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 0, roundingMode: 'floor' }).format(n);
}

/** "12.345" @param {number} n */
export function count(n) {
  return new Intl.NumberFormat(language(), { useGrouping: true }).format(n);
}

/** The whole date with the time of day. @param {Date | null} date */
export function exact(date) {
  return date ? full.format(date) : '';
}

/** "14:05" @param {Date | null} date */
export function timeOfDay(date) {
  return date ? clock.format(date) : '';
}

/** Heading of a day in a conversation. @param {Date} date @param {number} now milliseconds */
export function dayHeading(date, now) {
  const days = daysBetween(date, new Date(now));
  if (days === 0) return t('time.today');
  if (days === 1) return t('time.yesterday');
  return dayName.format(date);
}

/** Whole local days from a to b, whatever daylight saving does. @param {Date} a @param {Date} b */
export function daysBetween(a, b) {
  const midnight = (/** @type {Date} */ d) => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate());
  return Math.round((midnight(b) - midnight(a)) / day);
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
