// @ts-check
/** What somebody likes in this browser; js/boot.js reads it before the first picture. */
import { api } from '../api.js';
import { device } from '../shelf.js';
import * as state from '../state.js';

const themeKey = 'mostrador.tema';
const languageKey = 'mostrador.idioma';

/** @typedef {{theme: string, language: string}} Preferences '' is what the system or the browser says */

/** @returns {Preferences} */
export function preferences() {
  return { theme: device.get(themeKey), language: device.get(languageKey) };
}

/** @param {string} theme */
export function chooseTheme(theme) {
  device.put(themeKey, theme);
  dispatchEvent(new Event('theme'));
}

/** Every text and date changes, so the page begins again; what was being written stays. @param {string} language */
export async function chooseLanguage(language) {
  device.put(languageKey, language);
  await tellLanguage(language);
  location.reload();
}

/** Has the server write notices in a language, where somebody is logged in. It may fail: the panel speaks it all the same. @param {string} language */
export async function tellLanguage(language) {
  if (state.session.value?.id) await api.setLanguage(language).catch(() => {});
}
