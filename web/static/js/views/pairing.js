// @ts-check
import { useEffect, useState } from 'preact/hooks';
import { answerPasskey, confirmPasskey, endSession, follow, requestCode } from '../actions/pairing.js';
import { wantsPhone } from '../bridge.js';
import { Countdown } from '../components/countdown.js';
import { Dialog } from '../components/dialog.js';
import { Icon } from '../components/icon.js';
import { PairCode } from '../components/pair-code.js';
import { PairPasskey } from '../components/pair-passkey.js';
import { PairSteps } from '../components/pair-steps.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import * as state from '../state.js';

/** How long a code lives at most, in milliseconds; the first one three times as long as the next. */
const whole = 60_000;

/** Where a phone is wanted: the code to scan, renewed by itself, and the other ways. Nothing when none is. */
export function PairingCard() {
  if (!wantsPhone(state.bridge.value)) return null;
  return html`<section class="card pairing" aria-labelledby="vincular"><h2 id="vincular">${t('pair.title')}</h2>
    ${state.may(state.session.value, 'admin') ? html`<${Ways} />` : html`<p>${t('pair.askAdmin')}</p>`}</section>`;
}

/** The ways to pair, for somebody who may. */
export function Ways() {
  useEffect(follow, []);
  const { pairing, step, error } = state.pair.value;
  return html`<div class="pair-ways">
    ${error ? html`<p class="pair-error" role="alert"><${Icon} name="alert" /><span>${error}</span></p>` : ''}
    ${pairing ? html`<${Way} pairing=${pairing} step=${step} />` : error ? '' : html`<p role="status"><span class="spinner"></span> ${t('pair.loading')}</p>`}
  </div>`;
}

/** @param {{pairing: import('../bridgewire.js').Pairing, step: string}} props */
function Way({ pairing, step }) {
  if (pairing.passkey) return html`<${PairPasskey} passkey=${pairing.passkey} until=${state.pair.value.at + pairing.passkey.seconds * 1000} busy=${step !== ''} onAnswer=${answerPasskey} onConfirm=${confirmPasskey} />`;
  if (pairing.state === 'connected') return html`<p role="status"><${Icon} name="check" /> ${t('pair.done')}</p>`;
  return html`<figure class="pair-qr">
      ${pairing.picture ? html`<img src=${pairing.picture} alt=${t('pair.qr')} width="280" height="280" />`
    : html`<div class="pair-blank" role="status"><span class="spinner"></span>${t('pair.making')}</div>`}
      <figcaption>${pairing.picture ? html`<${Countdown} until=${state.pair.value.at + pairing.seconds * 1000} whole=${pairing.seconds > 20 ? whole : whole / 3} text=${'pair.changesIn'} over=${'pair.changing'} />` : ''}</figcaption>
    </figure>
    <${PairSteps} />
    <${PairCode} code=${pairing.code} busy=${step === 'code'} onAsk=${requestCode} />`;
}

/** Ends the session with WhatsApp, after asking. */
export function EndSession() {
  const [asking, setAsking] = useState(false);
  if (!state.bridge.value?.connected || !state.may(state.session.value, 'admin')) return null;
  const { step, error } = state.pair.value;
  const end = async () => {
    if (await endSession()) setAsking(false);
  };
  return html`<div class="pair-end"><button type="button" class="button" onClick=${() => setAsking(true)}><${Icon} name="out" />${t('pair.end')}</button>
    ${asking ? html`<${Dialog} kind="ask" label=${t('pair.endTitle')} onClose=${() => setAsking(false)}><div class="ask-body">
      <h2>${t('pair.endTitle')}</h2><p>${t('pair.endWhat')}</p>
      ${error ? html`<p class="pair-error" role="alert"><${Icon} name="alert" /><span>${error}</span></p>` : ''}
      <div class="ask-buttons"><button type="button" class="button" onClick=${() => setAsking(false)}>${t('notify.no')}</button>
        <button type="button" class="button button-danger" aria-disabled=${step ? 'true' : undefined} onClick=${end}>${t('pair.endYes')}</button></div>
    </div></${Dialog}>` : ''}</div>`;
}
