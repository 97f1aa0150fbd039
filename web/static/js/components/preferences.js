// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Dialog } from './dialog.js';
import { Icon } from './icon.js';

const themes = [['', 'prefs.auto'], ['light', 'prefs.light'], ['dark', 'prefs.dark']];
/** Languages call themselves by their own names. @type {[string, string, string][]} */
export const languages = [['es', 'Español', 'es'], ['en', 'English', 'en'], ['pt', 'Português', 'pt-BR']];

/**
 * Colours and language of this browser.
 * @param {{theme: string, language: string, onTheme: (theme: string) => void, onLanguage: (language: string) => void, onClose: () => void}} props
 */
export function Preferences({ theme, language, onTheme, onLanguage, onClose }) {
  return html`<${Dialog} kind="ask" label=${t('prefs.title')} onClose=${onClose}><div class="ask-body">
    <div class="prefs-top"><h2>${t('prefs.title')}</h2>
      <button type="button" class="button button-icon" aria-label=${t('app.close')} onClick=${onClose}><${Icon} name="close" /></button></div>
    <fieldset class="prefs"><legend>${t('prefs.colours')}</legend>${themes.map(([value, text]) => html`<${Choice} key=${value} name="tema"
      value=${value} chosen=${theme} onChoose=${onTheme}>${t(text)}</${Choice}>`)}</fieldset>
    <fieldset class="prefs"><legend>${t('prefs.language')}</legend>${languages.map(([value, text, lang]) => html`<${Choice} key=${value} name="idioma"
      value=${value} chosen=${language} onChoose=${onLanguage}><span lang=${lang}>${text}</span></${Choice}>`)}</fieldset>
    <p class="pair-note">${t('prefs.note')}</p>
  </div></${Dialog}>`;
}

/** @param {{name: string, value: string, chosen: string, onChoose: (value: string) => void, children?: any}} props */
function Choice({ name, value, chosen, onChoose, children }) {
  return html`<label class="choice"><input type="radio" name=${name} value=${value} checked=${chosen === value} onChange=${() => onChoose(value)} />${children}</label>`;
}
