// @ts-check
import { useState } from 'preact/hooks';
import { device } from '../agent.js';
import { canPush, change, enablePush, forPeople, notices, thisBrowser } from '../actions/notices.js';
import { Form } from '../components/form.js';
import { Icon } from '../components/icon.js';
import { Events, Quiet } from '../components/notice-wishes.js';
import { Saved } from '../components/settings-parts.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import * as state from '../state.js';
import { Loading, useLoaded } from './loaded.js';
import { ChannelRows } from './notice-channels.js';
import { BusinessNotices } from './settings-notices-business.js';

/** What reaches people and programs outside the panel: one's own, and for an administrator the business's. */
export function NoticeSettings() {
  // What the business allows shows in one's own part.
  const [changes, setChanges] = useState(0);
  const admin = state.may(state.session.value, 'admin');
  return html`${state.session.value?.login ? html`<${Own} key=${`mios-${changes}`} />` : ''}
    ${admin ? html`<${BusinessNotices} onDone=${() => setChanges(changes + 1)} />` : ''}`;
}

function Own() {
  const { data, error, reload } = useLoaded(() => notices.own());
  const [saved, setSaved] = useState(0);
  return html`<section class="card account" aria-labelledby="mis-avisos"><h2 id="mis-avisos">${t('notices.mine')}</h2>
    <p class="card-note">${t('notices.mineNote')}</p>
    ${data ? html`<${Browser} own=${data} onDone=${reload} />
      <${ChannelRows} channels=${data.channels} own onDone=${reload} />
      <${OwnWishes} key=${saved} own=${data} onDone=${async () => { await reload(); setSaved(saved + 1); }} /><${Saved} turn=${saved} />`
    : html`<${Loading} error=${error} />`}
  </section>`;
}

/** @param {{own: import('../noticewire.js').Own, onDone: () => Promise<void>}} props */
function OwnWishes({ own, onDone }) {
  const [wanted, setWanted] = useState(own);
  const set = (/** @type {Partial<import('../noticewire.js').Own>} */ some) => setWanted({ ...wanted, ...some });
  const save = async () => {
    const { error } = await change(() => notices.changeOwn(wanted));
    if (!error) await onDone();
    return error;
  };
  return html`<${Form} label=${t('settings.save')} submit=${save}>
    <${Events} legend=${t('notices.events')} all=${forPeople} chosen=${wanted.events} onChange=${(/** @type {string[]} */ events) => set({ events })} />
    <${Quiet} id="mio" wishes=${wanted} onChange=${set} /></${Form}>`;
}

/** The way to be told in this browser. @param {{own: import('../noticewire.js').Own, onDone: () => Promise<void>}} props */
function Browser({ own, onDone }) {
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);
  const { browser, system } = device(navigator.userAgent);
  const enable = async () => {
    if (busy) return;
    setBusy(true);
    setRefusal(await enablePush([browser, system].filter(Boolean).join(' · ') || t('notices.kind_browser'), own.key));
    setBusy(false);
    await onDone();
  };
  if (!own.push) return html`<p class="hint">${t('notices.pushOff')}</p>`;
  if (!canPush()) return html`<p class="hint">${t('notices.pushUnsupported')}</p>`;
  if (own.channels.some((one) => one.id === thisBrowser())) return null;
  return html`<p class="field-hint">${t('notices.pushNote')}</p>
    <div class="form-actions"><button type="button" class="button button-primary" aria-disabled=${busy ? 'true' : undefined} onClick=${enable}><${Icon} name="bell" />${t('notices.pushOn')}</button></div>
    ${refusal ? html`<p class="form-error" role="alert">${refusal}</p>` : ''}`;
}
