// @ts-check
import { html } from '../html.js';
import { t } from '../i18n.js';

/** Own drawings of a phone, each with what to touch in the accent colour. */
const screens = [
  { text: 'pair.stepMenu', frame: 'M24 22h16M24 32h24M24 42h20M24 52h24', touch: 'M52 14v.01M52 20v.01M52 26v.01' },
  { text: 'pair.stepLink', frame: 'M24 20h20M24 30h14M24 40h18', touch: 'M22 54h28a4 4 0 0 1 4 4v4a4 4 0 0 1-4 4H22a4 4 0 0 1-4-4v-4a4 4 0 0 1 4-4z' },
  { text: 'pair.stepScan', frame: 'M30 34h4v4h-4zM40 34h3v3M30 45h3M39 42h5v5h-5z', touch: 'M24 34v-6h6M42 28h6v6M48 46v6h-6M30 52h-6v-6' },
];

/** What to do on the phone, in three pictures with their words. */
export function PairSteps() {
  return html`<ol class="pair-steps">${screens.map(({ text, frame, touch }, i) => html`<li key=${text}>
    <svg viewBox="0 0 72 88" aria-hidden="true" focusable="false"><rect class="thing" x="12" y="4" width="48" height="80" rx="7" /><path class="thing" d=${frame} /><path class="touch" d=${touch} /></svg>
    <p><b>${i + 1}.</b> ${t(text)}</p></li>`)}</ol>`;
}
