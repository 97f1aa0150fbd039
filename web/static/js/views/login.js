// @ts-check
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { logIn } from '../actions/session.js';
import { Field, PasswordField } from '../components/field.js';
import { Icon } from '../components/icon.js';
import { html } from '../html.js';
import { t } from '../i18n.js';

/** @typedef {{name: string, password: string, code?: string, next?: string}} Credentials */
/** @typedef {'' | 'codigo' | 'clave_nueva'} Step what is asked for now: nothing more than name and password, a code, a new password */

/** The way in. What was said stays here until the server asks for nothing more. */
export function Login() {
  const [said, setSaid] = useState(/** @type {Credentials} */ ({ name: '', password: '' }));
  const [step, setStep] = useState(/** @type {Step} */ (''));
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  useLayoutEffect(() => form.current?.querySelector('input')?.focus(), [step]);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy || !form.current) return;
    const now = { ...said, ...spoken(step, new FormData(form.current)) };
    setSaid(now);
    setBusy(true);
    const refusal = now.name && now.password ? await logIn(now) : { error: t('login.missing'), missing: '' };
    setBusy(false);
    const next = /** @type {Step} */ (refusal.missing);
    // Being asked for the first time is no fault of anybody's.
    setError(next && next !== step ? '' : refusal.error);
    if (refusal.error) setStep(next);
    form.current?.querySelectorAll('input').forEach((input, i, all) => i === all.length - 1 && input.value && input.select());
  };
  return html`<main class="login" id="contenido" tabindex="-1">
    <form class="login-card" ref=${form} onSubmit=${submit} novalidate>
      <h1>${t('login.title')}</h1>
      <p class="login-intro">${t(step === 'codigo' ? 'login.codeIntro' : step === 'clave_nueva' ? 'login.newIntro' : 'login.intro')}</p>
      ${error ? html`<p class="login-error" role="alert" id="login-error"><${Icon} name="alert" />${error}</p>` : ''}
      <${Fields} step=${step} error=${error ? 'login-error' : ''} />
      <button type="submit" class="button button-primary" aria-disabled=${busy ? 'true' : undefined}>
        ${busy ? html`<span class="spinner"></span>${t('login.submitting')}` : t('login.submit')}</button>
      ${step ? html`<button type="button" class="button" onClick=${() => { setStep(''); setError(''); setSaid({ name: '', password: '' }); }}>${t('login.back')}</button>`
    : html`<details class="login-forgot"><summary>${t('login.forgot')}</summary><p>${t('login.forgotHow')}</p></details>`}
    </form>
  </main>`;
}

/** @param {{step: Step, error: string}} props */
function Fields({ step, error }) {
  if (step === 'codigo') {
    return html`<${Field} key="codigo" id="codigo" label=${t('login.code')} hint=${t('login.codeHint')} error=${error} autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="40" />`;
  }
  if (step === 'clave_nueva') {
    return html`<${PasswordField} key="nueva" id="nueva" label=${t('account.passwordNew')} hint=${t('account.passwordRule')} error=${error} complete="new-password" />`;
  }
  return html`<${Field} key="usuario" id="usuario" label=${t('login.user')} error=${error} autocomplete="username" autocapitalize="none" spellcheck="false" />
    <${PasswordField} key="clave" id="clave" label=${t('login.password')} error=${error} />`;
}

/** What the form says at a step. @param {Step} step @param {FormData} form @returns {Partial<Credentials>} */
function spoken(step, form) {
  const value = (/** @type {string} */ name) => String(form.get(name) ?? '');
  if (step === 'codigo') return { code: value('codigo').trim() };
  if (step === 'clave_nueva') return { next: value('nueva') };
  return { name: value('usuario').trim(), password: value('clave') };
}
