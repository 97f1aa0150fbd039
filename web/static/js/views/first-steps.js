// @ts-check
import { useEffect } from 'preact/hooks';
import { endWelcome, followSetup, restoreWelcome } from '../actions/setup.js';
import { troubles, wantsPhone } from '../bridge.js';
import { Trouble } from '../components/bridge-bar.js';
import { Copyable } from '../components/copyable.js';
import { Empty } from '../components/empty.js';
import { Icon } from '../components/icon.js';
import { Time } from '../components/time.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import * as state from '../state.js';
import { isAnswered, onlyHere, steps } from '../steps.js';
import { Ways } from './pairing.js';

/** The empty panel: the next step, with the real state of each. */
export function FirstSteps() {
  useEffect(followSetup, []);
  const bridge = state.bridge.value;
  return html`<${Empty} steps=${steps({ bridge, tickets: 0, answered: false })} about=${{
    server: bridge?.reachable ? html`<p>${t('empty.serverSeen', { address: location.origin })}</p>` : html`<${Server} />`,
    laptop: bridge?.reachable ? html`<${Seen} bridge=${bridge} />` : html`<${Laptop} />`,
    phone: html`<${Phone} />`,
    message: html`<p>${bridge?.connected && bridge.account ? t('empty.sendTo', { number: bridge.account }) : t('empty.sendHow')}</p>
      ${bridge?.connected ? html`<p class="step-wait" role="status"><span class="spinner"></span>${t('empty.waiting')}</p>` : ''}`,
    answer: html`<p>${t('empty.answerHow')}</p>`,
  }} />`;
}

function Server() {
  const address = location.origin;
  return html`<p>${t('empty.serverHow')}</p><${Copyable} text=${`SERVER_URL=${address}`} />
    ${onlyHere(location.hostname) ? html`<p class="pair-note">${t('empty.serverHere')}</p>` : ''}`;
}

/** @param {{bridge: import('../bridgewire.js').Bridge}} props */
function Seen({ bridge }) {
  return html`<p>${t('empty.laptopSeen')}${bridge.heard ? html` ${t('bridge.heard')} <${Time} date=${bridge.heard} now=${state.now.value} />` : ''}</p>`;
}

function Laptop() {
  const bridge = state.bridge.value;
  const known = bridge !== null && (bridge.heard !== null || bridge.state === 'unreachable');
  return html`<p>${t('empty.laptopHow')}</p>
    ${known ? troubles(bridge).map((trouble) => html`<${Trouble} key=${trouble.kind} trouble=${trouble} now=${state.now.value} />`) : ''}
    <p class="step-wait" role="status"><span class="spinner"></span>${t('empty.laptopWait')}</p>`;
}

function Phone() {
  const bridge = state.bridge.value;
  if (bridge?.connected) return html`<p>${t('empty.paired')}</p>`;
  if (!wantsPhone(bridge)) return html`<p>${t('empty.pairHow')}</p>`;
  return state.may(state.session.value, 'admin') ? html`<${Ways} />` : html`<p>${t('pair.askAdmin')}</p>`;
}

/** After the first ticket of all came in: a word on the last step, until somebody closes it. */
export function FirstTicket() {
  useEffect(restoreWelcome, []);
  const { tickets } = state.list.value;
  if (!state.welcome.value || !tickets.length || state.list.value.query !== '') return null;
  const answered = tickets.some(isAnswered);
  return html`<section class="welcome" aria-label=${t('empty.first')}><${Icon} name=${answered ? 'checks' : 'check'} />
    <p role="status"><b>${t(answered ? 'empty.allDone' : 'empty.arrived')}</b> ${t(answered ? 'empty.allDoneNow' : 'empty.arrivedNow')}</p>
    <button type="button" class="button" onClick=${endWelcome}>${t(answered ? 'empty.thanks' : 'app.close')}</button></section>`;
}
