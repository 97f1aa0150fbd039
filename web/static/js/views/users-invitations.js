// @ts-check
import { useState } from 'preact/hooks';
import { act } from '../actions/access.js';
import { roleName } from '../audit.js';
import { exact } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { useLoaded } from './loaded.js';

/** The links that are still good; nothing when there are none. */
export function Invitations() {
  const { data: links, reload } = useLoaded((api) => api.invitations());
  const [refusal, setRefusal] = useState('');
  const revoke = async (/** @type {number} */ id) => {
    setRefusal((await act((api) => api.revokeInvitation(id))).error);
    await reload();
  };
  if (!links?.length) return '';
  return html`<section class="card account" aria-labelledby="enlaces"><h2 id="enlaces">${t('users.links')}</h2>
    <ul class="rows">${links.map((one) => html`<li key=${one.id} class="row"><div class="row-main">
      <span class="row-title"><bdi>${one.user || one.note}</bdi> <span class="chip">${one.user ? t('users.linkPassword') : roleName(one.role)}</span></span>
      <span class="row-note">${t('users.until', { date: exact(one.expiresAt) })}</span></div>
      <button type="button" class="button" aria-label=${t('users.revokeOne', { name: one.user || one.note })} onClick=${() => revoke(one.id)}>${t('users.revoke')}</button></li>`)}</ul>
    ${refusal ? html`<p class="form-error" role="alert">${refusal}</p>` : ''}</section>`;
}
