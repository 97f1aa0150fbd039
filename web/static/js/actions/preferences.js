// @ts-check
/** What somebody likes in this browser; js/boot.js reads it before the first picture. */

const themeKey = 'mostrador.tema';
const languageKey = 'mostrador.idioma';

/** @typedef {{theme: string, language: string}} Preferences '' is what the system or the browser says */

/** @returns {Preferences} */
export function preferences() {
  return { theme: localStorage.getItem(themeKey) ?? '', language: localStorage.getItem(languageKey) ?? '' };
}

/** @param {string} theme */
export function chooseTheme(theme) {
  keep(themeKey, theme);
  dispatchEvent(new Event('theme'));
}

/** Every text and date changes, so the page begins again; what was being written stays. @param {string} language */
export function chooseLanguage(language) {
  keep(languageKey, language);
  location.reload();
}

/** @param {string} key @param {string} value */
function keep(key, value) {
  if (value) localStorage.setItem(key, value);
  else localStorage.removeItem(key);
}
