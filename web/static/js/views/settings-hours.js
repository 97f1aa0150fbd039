// @ts-check
import { useEffect, useState } from 'preact/hooks';
import { saveSettings, shop } from '../actions/shop.js';
import { Form } from '../components/form.js';
import { Saved, TextArea } from '../components/settings-parts.js';
import { Week } from '../components/week.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { href } from '../router.js';
import { Loading, useLoaded } from './loaded.js';

/** Opening hours, and what is answered outside them. */
export function HoursSettings() {
  const { data, error, reload } = useLoaded(() => shop.settings());
  const [week, setWeek] = useState(/** @type {import('../shopwire.js').Span[][] | null} */ (null));
  const [away, setAway] = useState(false);
  const [saved, setSaved] = useState(0);
  useEffect(() => {
    if (!data) return;
    setWeek(data.hours);
    setAway(data.away);
  }, [data]);
  const save = async (/** @type {Record<string, string>} */ values) => {
    const refusal = await saveSettings({ hours: week ?? [], away, awayText: values.fuera });
    if (refusal) return refusal;
    await reload();
    setSaved(saved + 1);
    return '';
  };
  return html`<section class="card account" aria-labelledby="horario"><h2 id="horario">${t('hours.title')}</h2>
    <p class="card-note">${data?.zone ? t('hours.zone', { zone: data.zone.replaceAll('_', ' ') }) : html`${t('hours.noZone')} <a href=${href({ view: 'settings', section: 'negocio' })}>${t('hours.setZone')}</a>`}</p>
    ${data && week ? html`<${Form} key=${saved} label=${t('settings.save')} submit=${save}>
      <${Week} week=${week} onChange=${setWeek} />
      <label class="switch"><input type="checkbox" checked=${away} onChange=${() => setAway(!away)} /><span>${t('hours.away')}</span></label>
      <${TextArea} id="fuera" label=${t('hours.awayText')} hint=${t('hours.awayHint')} value=${data.awayText} required=${away} />
    </${Form}><${Saved} turn=${saved} />` : html`<${Loading} error=${error} />`}
  </section>`;
}
