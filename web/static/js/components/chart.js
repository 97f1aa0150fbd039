// @ts-check
import { count, share } from '../format.js';
import { html } from '../html.js';
import { t } from '../i18n.js';

/**
 * Columns side by side: a picture, and the same as a table.
 * @param {{title: string, what: string, columns: {name: string, value: number}[], labels: string[]}} props
 *   what the names are of; labels, evenly below the columns, the first and the last at their ends
 */
export function Columns({ title, what, columns, labels }) {
  const most = Math.max(...columns.map((column) => column.value), 1);
  return html`<figure class="card chart"><figcaption><h2>${title}</h2></figcaption>
    <div class="chart-frame"><span class="chart-most" aria-hidden="true">${count(most)}</span>
      <svg viewBox=${`0 0 ${columns.length * 10} 100`} preserveAspectRatio="none" role="img" aria-label=${title}>
        ${columns.map(({ name, value }, i) => html`<g key=${name}><title>${t('report.column', { name, count: value })}</title>
          <rect class="chart-slot" x=${i * 10} width="10" height="100" />
          <rect class="chart-column" x=${i * 10 + 1} y=${100 - (value / most) * 100} width="8" height=${(value / most) * 100} /></g>`)}
      </svg></div>
    <p class="chart-labels" aria-hidden="true">${labels.map((label) => html`<span key=${label}>${label}</span>`)}</p>
    <details class="chart-table"><summary>${t('report.asTable')}</summary><table>
      <thead><tr><th scope="col">${what}</th><th scope="col">${t('nav.tickets')}</th></tr></thead>
      <tbody>${columns.map(({ name, value }) => html`<tr key=${name}><th scope="row">${name}</th><td>${count(value)}</td></tr>`)}</tbody>
    </table></details>
  </figure>`;
}

/**
 * What each of several has of a whole, each with a bar.
 * @param {{title: string, whole: number, rows: {name: string, value: number, link: string}[]}} props link may be empty
 */
export function Shares({ title, whole, rows }) {
  return html`<section class="card chart"><h2>${title}</h2><ol class="shares">${rows.map(({ name, value, link }) => html`<li key=${name}>
    ${link ? html`<a href=${link}>${name}</a>` : html`<span>${name}</span>`}<span class="share-value">${count(value)} <span class="share-part">${share(value, whole)}</span></span>
    <svg class="share" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect class="chart-slot" width="100" height="1" /><rect class="chart-column" width=${whole ? (value / whole) * 100 : 0} height="1" /></svg>
  </li>`)}</ol></section>`;
}
