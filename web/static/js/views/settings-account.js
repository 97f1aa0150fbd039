// @ts-check
import { useState } from 'preact/hooks';
import { act } from '../actions/access.js';
import { PasswordField } from '../components/field.js';
import { Form } from '../components/form.js';
import { Icon } from '../components/icon.js';
import { roleName } from '../audit.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import * as state from '../state.js';
import { FactorCard } from './account-factor.js';
import { SessionsCard } from './account-sessions.js';
import { TokensCard } from './account-tokens.js';

/** One's own password, second factor, sessions and tokens. */
export function AccountSettings() {
  const session = state.session.value;
  // Changing the password ends the other sessions: their list is old then.
  const [changes, setChanges] = useState(0);
  if (!session?.login) return html`<p class="hint">${t('account.open')}</p>`;
  return html`
    <section class="card account" aria-labelledby="cuenta"><h2 id="cuenta">${t('account.you')}</h2>
      <dl class="details"><div><dt>${t('login.user')}</dt><dd><bdi>${session.user}</bdi></dd></div>
        <div><dt>${t('users.role')}</dt><dd>${roleName(session.role)}</dd></div></dl></section>
    <${PasswordCard} onDone=${() => setChanges(changes + 1)} />
    <${FactorCard} />
    <${SessionsCard} key=${`sesiones-${changes}`} />
    <${TokensCard} role=${session.role} />`;
}

/** @param {{onDone: () => void}} props */
function PasswordCard({ onDone }) {
  const [done, setDone] = useState(false);
  const submit = async (/** @type {Record<string, string>} */ { actual, nueva }) => {
    const { error } = await act((api) => api.changePassword(actual, nueva));
    setDone(!error);
    if (!error) onDone();
    return error;
  };
  return html`<section class="card account" aria-labelledby="clave-titulo"><h2 id="clave-titulo">${t('account.password')}</h2>
    <p class="card-note">${t('account.passwordNote')}</p>
    <${Form} label=${t('account.passwordChange')} submit=${submit}>
      <input class="visually-hidden" name="username" autocomplete="username" tabindex="-1" aria-hidden="true" readonly value=${state.session.value?.user} />
      <${PasswordField} id="actual" label=${t('account.passwordNow')} />
      <${PasswordField} id="nueva" label=${t('account.passwordNew')} hint=${t('account.passwordRule')} complete="new-password" />
    </${Form}>
    <p class="form-done" role="status">${done ? html`<${Icon} name="check" />${t('account.passwordDone')}` : ''}</p></section>`;
}
