// @ts-check
import { useState } from 'preact/hooks';
import { act } from '../actions/access.js';
import { Choice, Field, PasswordField } from '../components/field.js';
import { Form } from '../components/form.js';
import { Icon } from '../components/icon.js';
import { html } from '../html.js';
import { t } from '../i18n.js';

/**
 * Two ways to let somebody in: a link, or a password for the first time.
 * @param {{roles: [string, string][], onLink: (url: string, name: string) => void, onDone: () => void}} props
 */
export function NewUser({ roles, onLink, onDone }) {
  const [way, setWay] = useState('link');
  const [created, setCreated] = useState('');
  const invite = async (/** @type {Record<string, string>} */ values) => {
    const { value, error } = await act((api) => api.invite(values['nuevo-para'], values['nuevo-rol']));
    if (value) onLink(value, values['nuevo-para']);
    return error;
  };
  const create = async (/** @type {Record<string, string>} */ values) => {
    const { error } = await act((api) => api.createUser(values['nuevo-nombre'], values['nuevo-clave'], values['nuevo-rol']));
    setCreated(error ? '' : values['nuevo-nombre']);
    if (!error) onDone();
    return error;
  };
  return html`<section class="card account" aria-labelledby="nuevo"><h2 id="nuevo">${t('users.new')}</h2>
    <fieldset class="ways"><legend class="visually-hidden">${t('users.way')}</legend>
      ${[['link', t('users.byLink')], ['password', t('users.byPassword')]].map(([key, text]) => html`<label key=${key} class="way-choice">
        <input type="radio" name="camino" value=${key} checked=${way === key} onChange=${() => setWay(key)} />${text}</label>`)}</fieldset>
    ${way === 'link' ? html`<${Form} key="link" label=${t('users.invite')} submit=${invite}>
      <${Field} id="nuevo-para" label=${t('users.forWhom')} hint=${t('users.forWhomNote')} required maxlength="60" autocomplete="off" />
      <${Choice} id="nuevo-rol" label=${t('users.role')} value="agent" options=${roles} hint=${t('users.roleNote')} /></${Form}>`
    : html`<${Form} key="password" label=${t('users.create')} submit=${create}>
      <${Field} id="nuevo-nombre" label=${t('login.user')} required maxlength="60" autocomplete="off" autocapitalize="none" spellcheck="false" />
      <${PasswordField} id="nuevo-clave" label=${t('users.firstPassword')} hint=${t('users.firstPasswordNote')} complete="new-password" />
      <${Choice} id="nuevo-rol" label=${t('users.role')} value="agent" options=${roles} hint=${t('users.roleNote')} /></${Form}>`}
    <p class="form-done" role="status">${created ? html`<${Icon} name="check" />${t('users.created', { name: created })}` : ''}</p></section>`;
}
