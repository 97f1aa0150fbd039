// @ts-check
import { useLayoutEffect, useRef } from 'preact/hooks';
import { html } from '../html.js';

/**
 * A modal dialog that is open as long as it is rendered. Esc and a click beside
 * it ask for its closing; the focus returns to where it was.
 * @param {{label: string, kind: string, onClose: () => void, onKeyDown?: (event: KeyboardEvent) => void, children?: any}} props
 */
export function Dialog({ label, kind, onClose, onKeyDown, children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  const beside = (/** @type {Event} */ event) => {
    if (event.target === element.current) onClose();
  };
  return html`<dialog ref=${element} class=${kind} aria-label=${label} onClose=${onClose} onClick=${beside} onKeyDown=${onKeyDown}>${children}</dialog>`;
}
