// @ts-check
import { html } from '../html.js';

/** One large number with its name and what it is about. @param {{name: string, value: string, note?: string, tone?: string}} props */
export function Figure({ name, value, note, tone }) {
  return html`<div class="figure" data-tone=${tone}>
    <dt>${name}</dt><dd><span class="figure-value">${value}</span>${note ? html`<span class="figure-note">${note}</span>` : ''}</dd>
  </div>`;
}
