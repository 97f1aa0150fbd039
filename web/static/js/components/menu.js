// @ts-check
import { useEffect, useRef, useState } from 'preact/hooks';
import { html } from '../html.js';
import { Icon } from './icon.js';

/** @typedef {{text: string, icon: string, act: () => void}} Item */

/**
 * A button that opens a few others. Esc, a click elsewhere and the choice of one
 * close it; Esc and the choice give the focus back.
 * @param {{label: string, items: Item[]}} props
 */
export function Menu({ label, items }) {
  const [open, setOpen] = useState(false);
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (!open) return undefined;
    const outside = (/** @type {Event} */ event) => {
      if (!element.current?.contains(/** @type {Node} */ (event.target))) setOpen(false);
    };
    for (const kind of ['pointerdown', 'focusin']) addEventListener(kind, outside);
    return () => ['pointerdown', 'focusin'].forEach((kind) => removeEventListener(kind, outside));
  }, [open]);
  const close = () => {
    setOpen(false);
    element.current?.querySelector('button')?.focus();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape' || !open) return;
    event.preventDefault();
    close();
  };
  return html`<div class="menu" ref=${element} onKeyDown=${onKeyDown}>
    <button type="button" class="button button-icon menu-button" aria-label=${label} title=${label} aria-expanded=${open ? 'true' : 'false'}
      onClick=${() => setOpen(!open)}><${Icon} name="more" /></button>
    ${open ? html`<ul class="menu-list">${items.map(({ text, icon, act }) => html`<li key=${text}><button type="button" class="menu-item"
      onClick=${() => { close(); act(); }}><${Icon} name=${icon} />${text}</button></li>`)}</ul>` : ''}
  </div>`;
}
