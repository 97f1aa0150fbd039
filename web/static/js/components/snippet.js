// @ts-check
import { html } from '../html.js';

/** Text with the words marked that were looked for. @param {{pieces: {text: string, hit: boolean}[]}} props */
export function Snippet({ pieces }) {
  return html`<span class="snippet" dir="auto">${pieces.map(({ text, hit }) => (hit ? html`<mark>${text}</mark>` : text))}</span>`;
}
