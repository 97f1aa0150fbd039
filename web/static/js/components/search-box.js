// @ts-check
import { useEffect, useRef } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/** How long a person pauses before the search is made, in milliseconds. */
const pause = 250;

/**
 * Words to look for. The field keeps what is being typed; onSearch hears of it
 * when the typing pauses.
 * @param {{text: string, onSearch: (text: string) => void}} props
 */
export function SearchBox({ text, onSearch }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const timer = useRef(0);
  useEffect(() => {
    const { current } = field;
    // What the address says counts, unless the person is just writing something else.
    if (current && current.value.trim() !== text && document.activeElement !== current) current.value = text;
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const search = () => {
    clearTimeout(timer.current);
    onSearch(field.current?.value ?? '');
  };
  const later = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(search, pause);
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    search();
  };
  return html`<form class="search" role="search" onSubmit=${submit}>
    <${Icon} name="search" /><label class="visually-hidden" for="buscar">${t('search.label')}</label>
    <input id="buscar" type="search" ref=${field} defaultValue=${text} maxlength="200" autocomplete="off" enterkeyhint="search" placeholder=${t('search.placeholder')} onInput=${later} />
  </form>`;
}
