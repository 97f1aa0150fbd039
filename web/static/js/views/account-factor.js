// @ts-check
import { useState } from 'preact/hooks';
import { act, copy } from '../actions/access.js';
import { Field, PasswordField } from '../components/field.js';
import { Form } from '../components/form.js';
import { Icon } from '../components/icon.js';
import { Codes } from '../components/once.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Loading, useLoaded } from './loaded.js';

/** The second factor: off, being set up, on. */
export function FactorCard() {
  const { data: factor, error, reload } = useLoaded((api) => api.factor());
  const [step, setStep] = useState(/** @type {'' | 'enable' | 'disable' | 'renew'} */ (''));
  const [codes, setCodes] = useState(/** @type {string[]} */ ([]));
  const done = async (/** @type {string[]} */ made) => {
    setStep('');
    setCodes(made);
    await reload();
  };
  const back = () => setStep('');
  return html`<section class="card account" aria-labelledby="segundo"><h2 id="segundo">${t('factor.title')}</h2>
    <p class="card-note">${t('factor.note')}</p>
    ${factor ? html`<p class="factor-state" data-tone=${factor.on ? 'good' : undefined}>${factor.on ? html`<${Icon} name="check" />${t('factor.on', { count: factor.codes })}` : t('factor.off')}</p>`
    : html`<${Loading} error=${error} />`}
    ${codes.length ? html`<${Codes} codes=${codes} onCopy=${copy} onClose=${() => setCodes([])} />` : ''}
    ${step === 'enable' ? html`<${Enable} onDone=${done} onBack=${back} />` : ''}
    ${step === 'disable' ? html`<${Disable} onDone=${() => done([])} onBack=${back} />` : ''}
    ${step === 'renew' ? html`<${Renew} onDone=${done} onBack=${back} />` : ''}
    ${factor && !step ? html`<div class="form-actions">${factor.on
    ? html`<button type="button" class="button" onClick=${() => setStep('renew')}>${t('factor.renew')}</button>
        <button type="button" class="button" onClick=${() => setStep('disable')}>${t('factor.disable')}</button>`
    : html`<button type="button" class="button button-primary" onClick=${() => setStep('enable')}>${t('factor.enable')}</button>`}</div>` : ''}
  </section>`;
}

/** @param {{onDone: (codes: string[]) => void, onBack: () => void}} props */
function Enable({ onDone, onBack }) {
  const { data: made, error } = useLoaded((api) => api.prepareFactor());
  if (!made) return html`<${Loading} error=${error} />`;
  const submit = async (/** @type {Record<string, string>} */ values) => {
    const { value, error: refusal } = await act((api) => api.enableFactor(values['clave-segundo'], made.secret, values['codigo-segundo']));
    if (value) onDone(value);
    return refusal;
  };
  return html`<div class="factor-new">
    <p>${t('factor.scan')}</p>
    <img class="factor-qr" src=${made.picture} alt=${t('factor.qr')} width="220" height="220" />
    <p>${t('factor.type')} <code class="factor-secret">${made.secret}</code></p>
    <${Form} label=${t('factor.enable')} submit=${submit}>
      <${Code} /><${PasswordField} id="clave-segundo" label=${t('account.passwordNow')} />
    </${Form}><button type="button" class="button" onClick=${onBack}>${t('access.cancel')}</button></div>`;
}

/** @param {{onDone: () => void, onBack: () => void}} props */
function Disable({ onDone, onBack }) {
  const submit = async (/** @type {Record<string, string>} */ values) => {
    const { error } = await act((api) => api.disableFactor(values['clave-segundo'], values['codigo-segundo']));
    if (!error) onDone();
    return error;
  };
  return html`<${Form} label=${t('factor.disable')} submit=${submit} danger>
    <${Code} hint=${t('factor.codeOrRecovery')} /><${PasswordField} id="clave-segundo" label=${t('account.passwordNow')} />
  </${Form}><button type="button" class="button" onClick=${onBack}>${t('access.cancel')}</button>`;
}

/** @param {{onDone: (codes: string[]) => void, onBack: () => void}} props */
function Renew({ onDone, onBack }) {
  const submit = async (/** @type {Record<string, string>} */ values) => {
    const { value, error } = await act((api) => api.renewCodes(values['clave-segundo']));
    if (value) onDone(value);
    return error;
  };
  return html`<${Form} label=${t('factor.renew')} submit=${submit}><${PasswordField} id="clave-segundo" label=${t('account.passwordNow')} hint=${t('factor.renewNote')} /></${Form}>
    <button type="button" class="button" onClick=${onBack}>${t('access.cancel')}</button>`;
}

/** @param {{hint?: string}} props */
function Code({ hint }) {
  return html`<${Field} id="codigo-segundo" label=${t('login.code')} hint=${hint} autocomplete="one-time-code" autocapitalize="none" spellcheck="false" required maxlength="40" />`;
}
