// @ts-check
import { ago, exact } from '../format.js';
import { html } from '../html.js';

/** "hace 5 min", the exact time on hover. @param {{date: Date | null, now: number}} props */
export function Time({ date, now }) {
  if (!date) return null;
  return html`<time datetime=${date.toISOString()} title=${exact(date)}>${ago(date, now)}</time>`;
}
