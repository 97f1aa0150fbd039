// @ts-check
import { useState } from 'preact/hooks';
import { act, copy } from '../actions/access.js';
import { roleName } from '../audit.js';
import { Confirm } from '../components/confirm.js';
import { Choice } from '../components/field.js';
import { Once } from '../components/once.js';
import { Time } from '../components/time.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import * as state from '../state.js';
import { Loading, useLoaded } from './loaded.js';
import { NewUser } from './users-new.js';
import { Invitations } from './users-invitations.js';

/** @typedef {import('../accountwire.js').User} User */

/** Roles as a choice. @returns {[string, string][]} */
const roles = () => [['reader', roleName('reader')], ['agent', roleName('agent')], ['admin', roleName('admin')]];

/** Who works here, and the ways to let somebody in. */
export function UserSettings() {
  const { data: users, error, reload } = useLoaded((api) => api.users());
  const [refusal, setRefusal] = useState('');
  const [link, setLink] = useState({ url: '', name: '' });
  const [links, setLinks] = useState(0);
  const run = async (/** @type {(api: any) => Promise<any>} */ work) => {
    const outcome = await act(work);
    setRefusal(outcome.error);
    await reload();
    return outcome.value;
  };
  const made = (/** @type {string} */ url, /** @type {string} */ name) => {
    setLink({ url, name });
    setLinks(links + 1);
  };
  return html`<section class="card account" aria-labelledby="usuarios"><h2 id="usuarios">${t('users.title')}</h2>
    <p class="card-note">${t('users.note')}</p>
    ${refusal ? html`<p class="form-error" role="alert">${refusal}</p>` : ''}
    ${link.url ? html`<${Once} title=${t('users.linkMade', { name: link.name })} note=${t('users.linkNote')} value=${link.url} onCopy=${copy} onClose=${() => setLink({ url: '', name: '' })} />` : ''}
    ${users ? html`<ul class="rows">${users.map((one) => html`<${Person} key=${one.id} user=${one} onRun=${run}
      onLink=${async () => { const url = await run((api) => api.resetLink(one.id)); if (url) made(url, one.name); }} />`)}</ul>` : html`<${Loading} error=${error} />`}
  </section>
  <${NewUser} roles=${roles()} onLink=${made} onDone=${reload} />
  <${Invitations} key=${`enlaces-${links}`} />`;
}

/** @param {{user: User, onRun: (work: (api: any) => Promise<any>) => Promise<any>, onLink: () => void}} props */
function Person({ user, onRun, onLink }) {
  const [open, setOpen] = useState(false);
  const me = user.name === state.session.value?.user;
  return html`<li class="row row-person" data-off=${user.active ? undefined : ''}>
    <div class="row-main"><span class="row-title"><bdi>${user.name}</bdi>
      <span class="chip">${roleName(user.role)}</span>${me ? html` <span class="chip">${t('users.you')}</span>` : ''}
      ${user.active ? '' : html` <span class="badge" data-stuck>${t('users.disabled')}</span>`}</span>
      <span class="row-note">${user.lastLogin ? html`${t('users.lastLogin')} <${Time} date=${user.lastLogin} now=${state.now.value} />` : t('users.neverIn')}
        ${user.factor ? html` · ${t('users.factor')}` : ''}${user.temporary ? html` · ${t('users.temporary')}` : ''}</span></div>
    <button type="button" class="button" aria-expanded=${open ? 'true' : 'false'} aria-label=${t('users.manageOne', { name: user.name })} onClick=${() => setOpen(!open)}>${t('users.manage')}</button>
    ${open ? html`<${Manage} user=${user} onRun=${onRun} onLink=${onLink} />` : ''}
  </li>`;
}

/** @param {{user: User, onRun: (work: (api: any) => Promise<any>) => Promise<any>, onLink: () => void}} props */
function Manage({ user, onRun, onLink }) {
  return html`<div class="manage">
    <${Choice} id=${`rol-${user.id}`} label=${t('users.role')} value=${user.role} options=${roles()} onChange=${(/** @type {string} */ role) => onRun((api) => api.setRole(user.id, role))} />
    <div class="form-actions">
      <button type="button" class="button" onClick=${onLink}>${t('users.link')}</button>
      ${user.factor ? html`<${Confirm} label=${t('users.resetFactor')} question=${t('users.resetFactorSure')} onConfirm=${() => onRun((api) => api.resetFactor(user.id))} />` : ''}
      ${user.active ? html`<${Confirm} label=${t('users.disable')} question=${t('users.disableSure')} onConfirm=${() => onRun((api) => api.setActive(user.id, false))} />`
    : html`<button type="button" class="button" onClick=${() => onRun((api) => api.setActive(user.id, true))}>${t('users.enable')}</button>`}
    </div></div>`;
}
