// @ts-check
/** Pure: places and people that a customer sent, read from the text the bridge made of them. */

/** @typedef {{title: string, latitude: number, longitude: number}} Place */
/** @typedef {{name: string, phones: string[]}} Person */

const coordinates = /^https:\/\/maps\.google\.com\/\?q=(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)$/m;

/** The place a message is about; null when it does not say where. @param {string} text @returns {Place | null} */
export function place(text) {
  const found = coordinates.exec(text);
  const [latitude, longitude] = [Number(found?.[1]), Number(found?.[2])];
  if (!found || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  return { title: text.replace(coordinates, '').replace(/^📍\s*/u, '').trim(), latitude, longitude };
}

/** Where a map shows a place; followed only by who clicks it. @param {Place} place */
export function mapLink({ latitude, longitude }) {
  return `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`;
}

/** The people whose cards a message has, one a line. @param {string} text @returns {Person[]} */
export function people(text) {
  return text.split('\n').filter((line) => line.startsWith('👤')).map((line) => {
    const parts = line.replace(/^👤 Contacto:?\s*/u, '').split(', ').map((part) => part.trim()).filter(Boolean);
    const phones = parts.filter(isPhone);
    return { name: parts.filter((part) => !isPhone(part)).join(', '), phones };
  }).filter(({ name, phones }) => name || phones.length);
}

/** @param {string} text */
function isPhone(text) {
  return /^\+?[\d\s().-]{5,25}$/.test(text) && /\d{4}/.test(text.replace(/\D/g, ''));
}
