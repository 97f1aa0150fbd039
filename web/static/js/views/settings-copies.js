// @ts-check
import { useEffect, useState } from 'preact/hooks';
import { copies, makeCopy } from '../actions/copies.js';
import { CopyList, CopyProgress, CopyVerdict } from '../components/copies.js';
import { exact } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import * as state from '../state.js';
import { Loading, useLoaded } from './loaded.js';

/** @typedef {import('../copieswire.js').Copies} Copies */

/** How often a copy that is being made is looked at, in milliseconds. */
const glance = 1000;

/** The copies of everything. */
export function CopySettings() {
  const { data, error, reload } = useLoaded(() => copies.state());
  const busy = Boolean(data?.work);
  useEffect(() => {
    if (!busy) return undefined;
    const timer = setInterval(reload, glance);
    return () => clearInterval(timer);
  }, [busy]);
  return html`<section class="card account" aria-labelledby="copias"><h2 id="copias">${t('copies.title')}</h2>
    <p class="card-note">${t('copies.note')}</p>
    ${data ? html`${error ? html`<${Loading} error=${error} />` : ''}<${Known} data=${data} reload=${reload} />` : html`<${Loading} error=${error} />`}
  </section>`;
}

/** @param {{data: Copies, reload: () => Promise<void>}} props */
function Known({ data, reload }) {
  const [refusal, setRefusal] = useState('');
  if (data.mode !== 'on') return html`<p class="hint">${t(data.mode === 'off' ? 'copies.off' : 'copies.postgres')}</p>`;
  const make = async () => {
    if (data.work) return;
    setRefusal(await makeCopy());
    await reload();
  };
  return html`<${CopyVerdict} copies=${data} now=${state.now.value} />
    <dl class="customer-facts">
      <div><dt>${t('copies.place')}</dt><dd><bdi class="copies-place">${data.place}</bdi>${data.place.startsWith('s3://') ? '' : html`<p class="row-note">${t('copies.sameDisk')}</p>`}</dd></div>
      <div><dt>${t('copies.next')}</dt><dd>${data.next && data.next.getTime() > state.now.value ? exact(data.next) : t('copies.soon')}</dd></div>
      <div><dt>${t('copies.secret')}</dt><dd>${t(data.encrypted ? 'copies.encrypted' : 'copies.plain')}</dd></div></dl>
    ${data.work ? html`<${CopyProgress} work=${data.work} />` : ''}
    ${refusal ? html`<p class="form-error" role="alert">${refusal}</p>` : ''}
    <button type="button" class="button button-primary" aria-disabled=${data.work ? 'true' : undefined} onClick=${make}>${t('copies.make')}</button>
    <${CopyList} copies=${data} link=${copies.link} />
    <p class="card-note">${t(data.encrypted ? 'copies.restoreEncrypted' : 'copies.restore')}</p>`;
}
