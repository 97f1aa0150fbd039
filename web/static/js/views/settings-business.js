// @ts-check
import { useState } from 'preact/hooks';
import { saveSettings, shop } from '../actions/shop.js';
import { Choice, Field } from '../components/field.js';
import { Form } from '../components/form.js';
import { Saved, TextArea } from '../components/settings-parts.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Loading, useLoaded } from './loaded.js';

/** Name, time zone and texts. */
export function BusinessSettings() {
  const { data, error, reload } = useLoaded(() => shop.settings());
  const [saved, setSaved] = useState(0);
  const save = async (/** @type {Record<string, string>} */ values) => {
    const refusal = await saveSettings({ name: values.negocio, zone: values.zona, received: values.recibido, window: Math.round(Number(values.ventana)) });
    if (refusal) return refusal;
    await reload();
    setSaved(saved + 1);
    return '';
  };
  return html`<section class="card account" aria-labelledby="negocio"><h2 id="negocio">${t('settings.business')}</h2>
    ${data ? html`<${Form} key=${saved} label=${t('settings.save')} submit=${save}>
      <${Field} id="nombre-negocio" name="negocio" label=${t('settings.name')} hint=${t('settings.nameHint')} defaultValue=${data.name} required maxlength="100" />
      <${Zone} zone=${data.zone} />
      <${TextArea} id="recibido" label=${t('settings.received')} hint=${t('settings.receivedHint')} value=${data.received} required />
      <${Field} id="ventana" type="number" min="0" max="2160" step="1" required inputmode="numeric" label=${t('settings.window')} hint=${t('settings.windowHint')} defaultValue=${String(data.window)} />
    </${Form}><${Saved} turn=${saved} />` : html`<${Loading} error=${error} />`}
  </section>`;
}

/** @param {{zone: string}} props */
function Zone({ zone }) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [chosen, setChosen] = useState(zone);
  const all = new Set([...(zone ? [zone] : []), own, ...Intl.supportedValuesOf('timeZone')]);
  const options = /** @type {[string, string][]} */ ([['', t('settings.zoneNone')], ...[...all].sort().map((one) => [one, one.replaceAll('_', ' ')])]);
  return html`<${Choice} id="zona" label=${t('settings.zone')} hint=${t('settings.zoneHint')} value=${chosen} options=${options} onChange=${setChosen} />
    ${chosen ? '' : html`<div class="form-actions"><button type="button" class="button" onClick=${() => setChosen(own)}>${t('settings.zoneOwn', { zone: own.replaceAll('_', ' ') })}</button></div>`}`;
}
