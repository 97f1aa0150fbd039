// @ts-check
import { useState } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { Icon } from './icon.js';

/**
 * A picture that opens large; a sign in its place when it cannot be shown.
 * @param {{url: string, label: string, large?: boolean, onOpen: () => void}} props
 */
export function Thumbnail({ url, label, large, onOpen }) {
  const [broken, setBroken] = useState(false);
  if (broken) return html`<span class="thumbnail-broken"><${Icon} name="image" />${t('file.broken')}</span>`;
  return html`<button type="button" class=${large ? 'picture' : 'thumbnail'} aria-label=${label} onClick=${onOpen}>
    <img src=${url} alt="" loading="lazy" decoding="async" onError=${() => setBroken(true)} />
  </button>`;
}
