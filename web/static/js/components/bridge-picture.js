// @ts-check
import { html } from '../html.js';

/**
 * Phone, laptop and counter with the two ways between them. A decoration: the
 * state must stand beside it in words.
 * @param {{links: {whatsapp: string, server: string}}} props
 */
export function BridgePicture({ links }) {
  return html`<svg class="bridge-picture" viewBox="0 0 240 72" aria-hidden="true" focusable="false">
    <path class="thing" d="M16 10h20a4 4 0 0 1 4 4v44a4 4 0 0 1-4 4H16a4 4 0 0 1-4-4V14a4 4 0 0 1 4-4zm6 45h8" />
    <${Way} x=${50} state=${links.whatsapp} />
    <path class="thing" d="M98 16h44a3 3 0 0 1 3 3v28H95V19a3 3 0 0 1 3-3zM86 54h68" />
    <${Way} x=${164} state=${links.server} />
    <path class="thing" d="M204 14h24a3 3 0 0 1 3 3v38a3 3 0 0 1-3 3h-24a3 3 0 0 1-3-3V17a3 3 0 0 1 3-3zm-3 15h30m-30 14h30M208 21.5v.01M208 36v.01M208 50.5v.01" />
  </svg>`;
}

/** A way that works is a line with a tick, one that does not a broken line with a cross. @param {{x: number, state: string}} props */
function Way({ x, state }) {
  const marks = { good: 'm7 36 5 5 8-10', bad: 'm8 30 11 12m0-12L8 42' };
  const mark = state === 'good' || state === 'bad' ? marks[state] : '';
  return html`<g class="way" data-state=${state} transform=${`translate(${x} 0)`}>
    <path d="M0 56h27" />${mark ? html`<path d=${mark} />` : ''}
  </g>`;
}
