// @ts-check
import { useState } from 'preact/hooks';
import { act, copy } from '../actions/access.js';
import { change, forPeople, notices } from '../actions/notices.js';
import { Choice, Field } from '../components/field.js';
import { Form } from '../components/form.js';
import { Events, Quiet } from '../components/notice-wishes.js';
import { languages } from '../components/preferences.js';
import { Once } from '../components/once.js';
import { Saved } from '../components/settings-parts.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Loading, useLoaded } from './loaded.js';
import { ChannelRows } from './notice-channels.js';

/** @typedef {import('../noticewire.js').Notices} Notices */

/** What the business tells whom. @param {{onDone: () => void}} props */
export function BusinessNotices({ onDone }) {
  const { data, error, reload } = useLoaded(() => notices.business());
  const { data: people } = useLoaded((api) => api.users());
  const [saved, setSaved] = useState(0);
  const [secret, setSecret] = useState('');
  const done = async () => {
    await reload();
    setSaved(saved + 1);
    onDone();
  };
  const added = async (/** @type {string} */ made) => {
    setSecret(made);
    await reload();
  };
  if (!data) return html`<section class="card account"><${Loading} error=${error} /></section>`;
  return html`<section class="card account" aria-labelledby="avisos-negocio"><h2 id="avisos-negocio">${t('notices.business')}</h2>
      <p class="card-note">${t('notices.businessNote')}</p>
      <${Rules} key=${saved} now=${data} onDone=${done} /><${Saved} turn=${saved} /></section>
    <section class="card account" aria-labelledby="canales"><h2 id="canales">${t('notices.channels')}</h2>
      <p class="card-note">${t('notices.channelsNote')}</p>
      ${secret ? html`<${Once} title=${t('notices.secret')} note=${t('notices.secretNote')} value=${secret} onCopy=${copy} onClose=${() => setSecret('')} />` : ''}
      ${data.channels.length ? html`<${ChannelRows} channels=${data.channels} own=${false} people=${people ?? []} onSecret=${setSecret} onDone=${reload} />` : html`<p class="hint">${t('notices.none')}</p>`}
      <${NewChannel} people=${people ?? []} onAdded=${added} /></section>`;
}

/** @param {{now: Notices, onDone: () => Promise<void>}} props */
function Rules({ now, onDone }) {
  const [wanted, setWanted] = useState(now);
  const set = (/** @type {Partial<Notices>} */ some) => setWanted({ ...wanted, ...some });
  const save = async () => {
    const { error } = await change(() => notices.change(wanted));
    if (!error) await onDone();
    return error;
  };
  return html`<${Form} label=${t('settings.save')} submit=${save}>
    <${Events} legend=${t('notices.events')} all=${forPeople} chosen=${wanted.events} onChange=${(/** @type {string[]} */ events) => set({ events })} />
    <${Field} id="espera" type="number" min="0" max="10080" step="1" required inputmode="numeric" label=${t('notices.wait')} hint=${t('notices.waitHint')} value=${String(wanted.wait)}
      onInput=${(/** @type {any} */ event) => set({ wait: Math.max(0, Math.round(Number(event.currentTarget.value) || 0)) })} />
    <${Quiet} id="negocio" wishes=${wanted} onChange=${set} />
    <${Choice} id="idioma-avisos" label=${t('notices.language')} hint=${t('notices.languageHint')} value=${wanted.language} options=${languages} onChange=${(/** @type {string} */ language) => set({ language })} />
    <label class="switch"><input id="detalle" type="checkbox" checked=${wanted.detail} onChange=${() => set({ detail: !wanted.detail })} />${t('notices.detail')}</label>
    <label class="switch"><input id="navegadores" type="checkbox" checked=${wanted.push} onChange=${() => set({ push: !wanted.push })} />${t('notices.push')}</label>
    <p class="field-hint">${t('notices.pushHint')}</p></${Form}>`;
}

/** @param {{people: {id: number, name: string}[], onAdded: (secret: string) => Promise<void>}} props */
function NewChannel({ people, onAdded }) {
  const [kind, setKind] = useState('address');
  const hook = kind === 'webhook';
  const submit = async (/** @type {Record<string, string>} */ values) => {
    const { value, error } = await act(() => notices.add({
      kind, name: values['canal-nombre'], address: values['canal-direccion'], user: hook ? undefined : Number(values['canal-de']) || 0, events: hook ? ['ticket.creado', 'ticket.cambiado'] : undefined,
    }));
    if (!error) await onAdded(value ?? '');
    return error;
  };
  return html`<h3>${t('notices.add')}</h3>
    <${Form} label=${t('notices.add')} submit=${submit}>
      <${Choice} id="canal-tipo" label=${t('notices.kind')} value=${kind} options=${[['address', t('notices.kindAddress')], ['webhook', t('notices.kindWebhook')]]} onChange=${setKind} />
      <${Field} id="canal-nombre" label=${t('notices.name')} required maxlength="60" autocomplete="off" />
      <${Field} id="canal-direccion" label=${t(hook ? 'notices.url' : 'notices.address')} hint=${t(hook ? 'notices.urlHint' : 'notices.addressHint')} required maxlength="2000" autocomplete="off" autocapitalize="none" spellcheck="false" />
      ${hook ? '' : html`<${Choice} id="canal-de" label=${t('notices.owner')} hint=${t('notices.ownerHint')} value="0" options=${[['0', t('notices.ownerBusiness')], ...people.map((one) => [String(one.id), one.name])]} />`}
    </${Form}>`;
}
