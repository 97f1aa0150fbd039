// @ts-check
import { html } from '../html.js';
import { linkify } from '../links.js';

/** Text as written, its web addresses made links that tell their target nothing. @param {{text: string}} props */
export function RichText({ text }) {
  return linkify(text).map(({ text: piece, url }) => (url
    ? html`<a href=${url} target="_blank" rel="noopener noreferrer nofollow">${piece}</a>`
    : piece));
}
