// @ts-check
import { useState } from 'preact/hooks';
import { act } from '../actions/access.js';
import { shop } from '../actions/shop.js';
import { Ask } from '../components/ask.js';
import { customerName } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { go } from '../router.js';
import * as state from '../state.js';
import { Merge } from './customer-merge.js';

/** @typedef {import('../shopwire.js').CustomerPage} CustomerPage */

/** What is better asked twice. @param {{customer: CustomerPage, onRun: (work: () => Promise<any>) => Promise<string>}} props */
export function Danger({ customer, onRun }) {
  const [asked, setAsked] = useState('');
  const close = () => setAsked('');
  const admin = state.may(state.session.value, 'admin');
  const ways = [
    { key: 'block', text: 'customer.block', seen: !customer.blocked },
    { key: 'merge', text: 'customer.merge', seen: admin && !customer.group },
    { key: 'erase', text: 'customer.erase', seen: admin },
  ].filter((way) => way.seen);
  return html`<section class="card" aria-labelledby="acciones"><h2 id="acciones">${t('customer.actions')}</h2>
    <div class="form-actions">
      ${admin ? html`<a class="button" href=${shop.exportLink(customer.id)} download>${t('customer.export')}</a>` : ''}
      ${ways.map((way) => html`<button type="button" class="button" key=${way.key} onClick=${() => setAsked(way.key)}>${t(way.text)}</button>`)}</div>
    ${admin ? html`<p class="card-note">${t('customer.exportNote')}</p>` : ''}
    ${asked === 'block' ? html`<${Ask} title=${t('customer.blockSure', { name: customerName(customer) })} yes=${t('customer.block')} danger onClose=${close}
      onYes=${() => onRun(() => shop.block(customer.id, true))}><p>${t('customer.blockHow')}</p></${Ask}>` : ''}
    ${asked === 'merge' ? html`<${Merge} customer=${customer} onRun=${onRun} onClose=${close} />` : ''}
    ${asked === 'erase' ? html`<${Erase} customer=${customer} onClose=${close} />` : ''}
  </section>`;
}

/** @param {{customer: CustomerPage, onClose: () => void}} props */
function Erase({ customer, onClose }) {
  const erase = async () => {
    const { error } = await act(() => shop.erase(customer.id));
    if (!error) go({ view: 'customers' });
    return error;
  };
  return html`<${Ask} title=${t('customer.eraseSure', { name: customerName(customer) })} yes=${t('customer.eraseYes')} word=${t('customer.eraseWord')} danger onYes=${erase} onClose=${onClose}>
    <p>${t('customer.eraseHow', { count: customer.tickets })}</p><p>${t('customer.eraseLeft')}</p></${Ask}>`;
}
