// @ts-check
import { useState } from 'preact/hooks';
import { act, copy } from '../actions/access.js';
import { roleName } from '../audit.js';
import { Confirm } from '../components/confirm.js';
import { Choice, Field } from '../components/field.js';
import { Form } from '../components/form.js';
import { Once } from '../components/once.js';
import { Time } from '../components/time.js';
import { exact } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import * as state from '../state.js';
import { Loading, useLoaded } from './loaded.js';

/** Tokens for programs that use the API. @param {{role: string}} props */
export function TokensCard({ role }) {
  const { data: tokens, error, reload } = useLoaded((api) => api.tokens());
  const [secret, setSecret] = useState('');
  const [adding, setAdding] = useState(false);
  const [refusal, setRefusal] = useState('');
  const revoke = async (/** @type {number} */ id) => {
    setRefusal((await act((api) => api.revokeToken(id))).error);
    await reload();
  };
  const made = async (/** @type {string} */ value) => {
    setAdding(false);
    setSecret(value);
    await reload();
  };
  return html`<section class="card account" aria-labelledby="tokens"><h2 id="tokens">${t('tokens.title')}</h2>
    <p class="card-note">${t('tokens.note')}</p>
    ${secret ? html`<${Once} title=${t('tokens.made')} note=${t('tokens.madeNote')} value=${secret} onCopy=${copy} onClose=${() => setSecret('')} />` : ''}
    ${tokens ? html`<ul class="rows">${tokens.map((one) => html`<${Token} key=${one.id} token=${one} onRevoke=${() => revoke(one.id)} />`)}</ul>` : html`<${Loading} error=${error} />`}
    ${refusal ? html`<p class="form-error" role="alert">${refusal}</p>` : ''}
    ${adding ? html`<${NewToken} role=${role} onMade=${made} /><button type="button" class="button" onClick=${() => setAdding(false)}>${t('access.cancel')}</button>`
    : html`<div class="form-actions"><button type="button" class="button" onClick=${() => setAdding(true)}>${t('tokens.add')}</button></div>`}
  </section>`;
}

/** @param {{token: import('../accountwire.js').Token, onRevoke: () => void}} props */
function Token({ token, onRevoke }) {
  const now = state.now.value;
  const over = token.expiresAt !== null && token.expiresAt.getTime() <= now;
  return html`<li class="row"><div class="row-main"><span class="row-title"><bdi>${token.name}</bdi> <span class="chip">${roleName(token.role)}</span>
      ${over ? html` <span class="badge" data-stuck>${t('tokens.over')}</span>` : ''}</span>
      <span class="row-note">${token.usedAt ? html`${t('tokens.used')} <${Time} date=${token.usedAt} now=${now} />` : t('tokens.neverUsed')} ·
        ${token.expiresAt ? t('tokens.until', { date: exact(token.expiresAt) }) : t('tokens.forever')}</span></div>
    <${Confirm} label=${t('tokens.revoke')} name=${t('tokens.revokeOne', { name: token.name })} question=${t('tokens.revokeSure')} onConfirm=${onRevoke} /></li>`;
}

/** @param {{role: string, onMade: (secret: string) => void}} props */
function NewToken({ role, onMade }) {
  const all = ['reader', 'agent', 'admin'];
  const roles = /** @type {[string, string][]} */ (all.slice(0, all.indexOf(role) + 1).map((one) => [one, roleName(one)]));
  const submit = async (/** @type {Record<string, string>} */ values) => {
    const { value, error } = await act((api) => api.createToken(values['token-nombre'], values['token-rol'], Number(values['token-dias'])));
    if (value) onMade(value);
    return error;
  };
  return html`<${Form} label=${t('tokens.create')} submit=${submit}>
    <${Field} id="token-nombre" label=${t('tokens.name')} hint=${t('tokens.nameNote')} required maxlength="60" autocomplete="off" />
    <${Choice} id="token-rol" label=${t('users.role')} options=${roles} />
    <${Choice} id="token-dias" label=${t('tokens.life')} value="90" options=${[['30', t('tokens.days', { count: 30 })], ['90', t('tokens.days', { count: 90 })], ['365', t('tokens.year')], ['0', t('tokens.forever')]]} />
  </${Form}>`;
}
