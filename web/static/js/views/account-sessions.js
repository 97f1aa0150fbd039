// @ts-check
import { useState } from 'preact/hooks';
import { act } from '../actions/access.js';
import { device } from '../agent.js';
import { Confirm } from '../components/confirm.js';
import { Time } from '../components/time.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import * as state from '../state.js';
import { Loading, useLoaded } from './loaded.js';

/** Where one is logged in. */
export function SessionsCard() {
  const { data: sessions, error, reload } = useLoaded((api) => api.sessions());
  const [refusal, setRefusal] = useState('');
  const end = async (/** @type {string} */ id) => {
    const outcome = await act((api) => (id ? api.endSession(id) : api.endOtherSessions()));
    setRefusal(outcome.error);
    await reload();
  };
  return html`<section class="card account" aria-labelledby="sesiones"><h2 id="sesiones">${t('sessions.title')}</h2>
    <p class="card-note">${t('sessions.note')}</p>
    ${sessions ? html`<ul class="rows">${sessions.map((one) => html`<${Session} key=${one.id} session=${one} onEnd=${() => end(one.id)} />`)}</ul>` : html`<${Loading} error=${error} />`}
    ${refusal ? html`<p class="form-error" role="alert">${refusal}</p>` : ''}
    ${sessions && sessions.length > 1 ? html`<div class="form-actions"><${Confirm} label=${t('sessions.endOthers')} question=${t('sessions.endOthersSure')} onConfirm=${() => end('')} /></div>` : ''}
  </section>`;
}

/** @param {{session: import('../accountwire.js').Session, onEnd: () => void}} props */
function Session({ session, onEnd }) {
  const name = deviceName(session.agent);
  return html`<li class="row"><div class="row-main"><span class="row-title">${name}${session.current ? html` <span class="chip">${t('sessions.this')}</span>` : ''}</span>
      <span class="row-note">${t('sessions.address', { address: session.address })} · ${t('sessions.seen')} <${Time} date=${session.seen} now=${state.now.value} /></span></div>
    ${session.current ? '' : html`<button type="button" class="button" aria-label=${t('sessions.endOne', { device: name })} onClick=${onEnd}>${t('sessions.end')}</button>`}
  </li>`;
}

/** @param {string} agent */
function deviceName(agent) {
  const { browser, system } = device(agent);
  if (browser && system) return t('sessions.device', { browser, system });
  return browser || system || t('sessions.unknown');
}
