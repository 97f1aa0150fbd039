// @ts-check
import { useState } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../i18n.js';

/** A line to be typed elsewhere, with a button that copies it. @param {{text: string}} props */
export function Copyable({ text }) {
  const [copied, setCopied] = useState(false);
  const copy = () => navigator.clipboard?.writeText(text).then(() => setCopied(true), () => {});
  // Browsers copy only on pages that came encrypted or from this computer.
  return html`<span class="copyable"><code>${text}</code>
    ${isSecureContext ? html`<button type="button" class="button" onClick=${copy}>${t(copied ? 'pair.copied' : 'pair.copy')}</button>` : ''}</span>`;
}
