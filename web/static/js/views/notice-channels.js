// @ts-check
import { useState } from 'preact/hooks';
import { change, forPrograms, notices, removeChannel, thisBrowser } from '../actions/notices.js';
import { Confirm } from '../components/confirm.js';
import { Icon } from '../components/icon.js';
import { Events } from '../components/notice-wishes.js';
import { Time } from '../components/time.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import * as state from '../state.js';

/** @typedef {import('../noticewire.js').Channel} Shown */

/** @type {Record<string, string>} */
const kindNames = { address: 'notices.kind_address', browser: 'notices.kind_browser', webhook: 'notices.kind_webhook' };

/**
 * Where notices go, each with how it went and what can be done.
 * @param {{channels: Shown[], own: boolean, people?: {id: number, name: string}[], onSecret?: (secret: string) => void, onDone: () => Promise<void>}} props
 */
export function ChannelRows({ channels, own, people = [], onSecret, onDone }) {
  return html`<ul class="rows">${channels.map((one) => html`<${Row} key=${one.id} channel=${one} own=${own} onSecret=${onSecret} onDone=${onDone}
    owner=${own || !one.user ? '' : people.find((person) => person.id === one.user)?.name ?? ''} />`)}</ul>`;
}

/** @param {{channel: Shown, own: boolean, owner: string, onSecret?: (secret: string) => void, onDone: () => Promise<void>}} props */
function Row({ channel, own, owner, onSecret, onDone }) {
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [refusal, setRefusal] = useState('');
  const attempt = async (/** @type {() => Promise<{value?: any, error: string}>} */ work) => {
    setSaid('');
    const { value, error } = await work();
    setRefusal(error);
    await onDone();
    return value;
  };
  const run = async (/** @type {() => Promise<{value?: any, error: string}>} */ work) => {
    if (busy) return null;
    setBusy(true);
    const value = await attempt(work);
    setBusy(false);
    return value;
  };
  const test = async () => {
    const now = await run(() => change(() => notices.test(own, channel.id)));
    if (now && !now.reason) setSaid(t('notices.testGone'));
  };
  const rotate = async () => {
    const secret = await run(() => change(() => notices.rotate(channel.id)));
    if (secret) onSecret?.(secret);
  };
  return html`<li class="row row-channel" data-channel=${channel.id}>
    <div class="row-main"><${Title} channel=${channel} own=${own} owner=${owner} />
      <span class="row-note"><bdi>${channel.address}</bdi></span><${Outcome} channel=${channel} />
      <span class="form-done" role="status">${said ? html`<${Icon} name="check" />${said}` : ''}</span></div>
    <div class="form-actions">
      <button type="button" class="button" aria-disabled=${busy ? 'true' : undefined} aria-label=${t('notices.testOne', { name: channel.name })} onClick=${test}>${busy ? html`<span class="spinner"></span>` : ''}${t('notices.test')}</button>
      ${own ? '' : html`<button type="button" class="button" aria-label=${t(channel.on ? 'notices.turnOffOne' : 'notices.turnOnOne', { name: channel.name })}
        onClick=${() => run(() => change(() => notices.changeChannel(channel.id, { on: !channel.on })))}>${t(channel.on ? 'notices.turnOff' : 'notices.turnOn')}</button>`}
      ${channel.kind === 'webhook' ? html`<${Confirm} label=${t('notices.rotate')} question=${t('notices.rotateSure')} onConfirm=${rotate} />` : ''}
      <${Confirm} label=${t('notices.remove')} name=${t('notices.removeOne', { name: channel.name })} question=${t('notices.removeSure')}
        onConfirm=${() => run(async () => ({ error: await removeChannel(own, channel.id) }))} /></div>
    ${channel.kind === 'webhook' ? html`<${Heard} channel=${channel} onAttempt=${attempt} />` : ''}${refusal ? html`<p class="form-error" role="alert">${refusal}</p>` : ''}
  </li>`;
}

/** @param {{channel: Shown, own: boolean, owner: string}} props */
function Title({ channel, own, owner }) {
  return html`<span class="row-title"><bdi>${channel.name}</bdi> <span class="chip">${t(kindNames[channel.kind])}</span>
    ${owner ? html`<span class="chip"><bdi>${owner}</bdi></span>` : ''}${own && channel.id === thisBrowser() ? html`<span class="chip">${t('notices.thisBrowser')}</span>` : ''}
    ${channel.on ? '' : html`<span class="badge" data-stuck>${t(channel.gaveUp ? 'notices.gaveUp' : 'notices.off')}</span>`}</span>`;
}

/** What a webhook hears of. One switch need not wait for the one before. @param {{channel: Shown, onAttempt: (work: () => Promise<{error: string}>) => Promise<any>}} props */
function Heard({ channel, onAttempt }) {
  // What was chosen and is not known to the server yet.
  const [wanted, setWanted] = useState(/** @type {string[] | null} */ (null));
  const hear = async (/** @type {string[]} */ events) => {
    setWanted(events);
    await onAttempt(() => change(() => notices.changeChannel(channel.id, { events })));
    setWanted((now) => (now === events ? null : now));
  };
  return html`<${Events} legend=${t('notices.events')} all=${forPrograms} chosen=${wanted ?? channel.events} onChange=${hear} />`;
}

/** How the last notice went. @param {{channel: Shown}} props */
function Outcome({ channel }) {
  const now = state.now.value;
  if (channel.lastError) return html`<span class="row-note notice-failed" role="status"><${Icon} name="alert" /><span>${t('notices.failedAt')} <${Time} date=${channel.lastError} now=${now} />: ${channel.reason}</span></span>`;
  return html`<span class="row-note">${channel.lastOK ? html`${t('notices.worked')} <${Time} date=${channel.lastOK} now=${now} />` : t('notices.never')}</span>`;
}
