// @ts-check
import { useEffect, useRef, useState } from 'preact/hooks';
import { logIn } from '../actions/session.js';
import { Icon } from '../components/icon.js';
import { html } from '../html.js';
import { t } from '../i18n.js';

/** The way in. */
export function Login() {
  const user = useRef(/** @type {HTMLInputElement | null} */ (null));
  const password = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => user.current?.focus(), []);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy) return;
    const [name, secret] = [user.current?.value.trim() ?? '', password.current?.value ?? ''];
    setBusy(true);
    const refusal = name && secret ? await logIn(name, secret) : t('login.missing');
    setBusy(false);
    setError(refusal);
    if (refusal) (name ? password : user).current?.select();
  };
  return html`<main class="login" id="contenido" tabindex="-1">
    <form class="login-card" onSubmit=${submit} novalidate>
      <h1>${t('login.title')}</h1>
      <p class="login-intro">${t('login.intro')}</p>
      ${error ? html`<p class="login-error" role="alert" id="login-error"><${Icon} name="alert" />${error}</p>` : ''}
      <label for="usuario">${t('login.user')}</label>
      <input id="usuario" ref=${user} name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required
        aria-describedby=${error ? 'login-error' : undefined} />
      <${Password} field=${password} error=${error} />
      <button type="submit" class="button button-primary" aria-disabled=${busy ? 'true' : undefined}>
        ${busy ? html`<span class="spinner"></span>${t('login.submitting')}` : t('login.submit')}</button>
    </form>
  </main>`;
}

/** @param {{field: any, error: string}} props */
function Password({ field, error }) {
  const [visible, setVisible] = useState(false);
  return html`<label for="clave">${t('login.password')}</label>
    <div class="password">
      <input id="clave" ref=${field} name="password" type=${visible ? 'text' : 'password'} autocomplete="current-password" required
        aria-describedby=${error ? 'login-error' : undefined} />
      <button type="button" class="button button-quiet" aria-pressed=${visible ? 'true' : 'false'} aria-label=${t('login.showPassword')}
        onClick=${() => setVisible(!visible)}>${visible ? t('login.hide') : t('login.show')}</button>
    </div>`;
}
