// @ts-check
import { useState } from 'preact/hooks';
import { act } from '../actions/access.js';
import { logIn } from '../actions/session.js';
import { roleName } from '../audit.js';
import { Field, PasswordField } from '../components/field.js';
import { Form } from '../components/form.js';
import { exact } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { go } from '../router.js';
import { Loading, useLoaded } from './loaded.js';

/** Where a link leads: somebody new chooses a name and a password, a user another password. @param {{token?: string}} props */
export function Invitation({ token = '' }) {
  const { data: invited, error } = useLoaded((api) => api.invitation(token), token);
  const [over, setOver] = useState(false);
  const submit = async (/** @type {Record<string, string>} */ values) => {
    const { value: name, error: refusal } = await act((api) => api.accept(token, values['nombre'] ?? '', values['clave']));
    if (name === null) return refusal;
    setOver(true);
    // A second factor asks on the login page.
    await logIn({ name, password: values['clave'] });
    go({ view: 'list' });
    return '';
  };
  if (over) return html`<${Frame}><${Loading} error="" /></${Frame}>`;
  if (!invited) return html`<${Frame}>${error ? html`<h1>${t('invitation.over')}</h1>` : ''}<${Loading} error=${error} />${error ? html`<a class="button" href="#/">${t('invitation.toLogin')}</a>` : ''}</${Frame}>`;
  return html`<${Frame}>
    <h1>${invited.user ? t('invitation.reset') : t('invitation.title', { business: invited.business })}</h1>
    <p class="login-intro">${invited.user ? t('invitation.resetIntro', { name: invited.user }) : t('invitation.intro', { role: roleName(invited.role) })}
      ${' '}${t('invitation.until', { date: exact(invited.expiresAt) })}</p>
    <${Form} label=${t('invitation.accept')} submit=${submit}>
      ${invited.user ? html`<input class="visually-hidden" name="username" autocomplete="username" tabindex="-1" aria-hidden="true" readonly value=${invited.user} />`
    : html`<${Field} id="nombre" label=${t('invitation.name')} hint=${t('invitation.nameNote')} autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="60" />`}
      <${PasswordField} id="clave" label=${t('account.passwordNew')} hint=${t('account.passwordRule')} complete="new-password" />
    </${Form}></${Frame}>`;
}

/** @param {{children?: any}} props */
function Frame({ children }) {
  return html`<main class="login" id="contenido" tabindex="-1"><div class="login-card">${children}</div></main>`;
}
