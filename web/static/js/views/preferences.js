// @ts-check
import { useState } from 'preact/hooks';
import { chooseLanguage, chooseTheme, preferences } from '../actions/preferences.js';
import { Icon } from '../components/icon.js';
import { Preferences } from '../components/preferences.js';
import { html } from '../html.js';
import { language, t } from '../i18n.js';

/** The button that opens what somebody likes in this browser. */
export function PreferencesButton() {
  const [open, setOpen] = useState(false);
  const [theme, setTheme] = useState(() => preferences().theme);
  const choose = (/** @type {string} */ value) => {
    chooseTheme(value);
    setTheme(value);
  };
  return html`<button type="button" class="button button-icon" aria-label=${t('prefs.title')} title=${t('prefs.title')} onClick=${() => setOpen(true)}><${Icon} name="look" /></button>
    ${open ? html`<${Preferences} theme=${theme} language=${language().slice(0, 2)} onTheme=${choose} onLanguage=${chooseLanguage} onClose=${() => setOpen(false)} />` : ''}`;
}
