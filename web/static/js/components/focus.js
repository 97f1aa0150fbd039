// @ts-check
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Keeps the keyboard's place when the button that had the focus is replaced by
 * something else: the first button that is there now gets it, or the element
 * itself, which needs tabindex="-1" for that.
 * @returns {{current: HTMLElement | null}} for the element around the buttons
 */
export function useKeptFocus() {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const inside = element.current !== null && element.current.contains(document.activeElement);
  useLayoutEffect(() => {
    const { current } = element;
    if (!inside || !current || current.contains(document.activeElement)) return;
    (current.querySelector('button') ?? current).focus({ preventScroll: true });
  });
  return element;
}
