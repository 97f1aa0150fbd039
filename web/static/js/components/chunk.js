// @ts-check
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { html } from '../html.js';

/** How far beyond the edge of the screen rows are there already. */
const margin = '800px 0px';

/**
 * Some rows of a long table. Far from the screen only the space they take is
 * left, so that a page of thousands stays as light as one of a hundred.
 * @param {{rows: number, children?: any}} props
 */
export function Chunk({ rows, children }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const height = useRef(0);
  const [near, setNear] = useState(true);
  useEffect(() => {
    const { current } = element;
    if (!current) return undefined;
    const observer = new IntersectionObserver(([entry]) => {
      // What has the focus, or is being used, stays.
      if (!entry.isIntersecting && current.contains(document.activeElement)) return;
      if (!entry.isIntersecting) height.current = current.offsetHeight;
      setNear(entry.isIntersecting);
    }, { rootMargin: margin });
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (element.current) element.current.style.height = near ? '' : `${height.current}px`;
  }, [near, rows]);
  return html`<tbody role="rowgroup" ref=${element}>${near ? children : ''}</tbody>`;
}

/** Calls onNear whenever the end of the list comes near the screen. @param {{onNear: () => void, children?: any}} props */
export function End({ onNear, children }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const call = useRef(onNear);
  call.current = onNear;
  useEffect(() => {
    const { current } = element;
    if (!current) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry.isIntersecting && call.current(), { rootMargin: margin });
    observer.observe(current);
    return () => observer.disconnect();
  });
  return html`<div class="more" ref=${element}>${children}</div>`;
}
