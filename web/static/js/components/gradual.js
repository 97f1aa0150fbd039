// @ts-check
import { useEffect, useState } from 'preact/hooks';

/**
 * Calls work when the page has nothing else to do, and in a moment at the latest.
 * @param {() => void} work @returns {() => void} calls it off
 */
export function whenIdle(work) {
  if (typeof requestIdleCallback !== 'function') { // as in Safari
    const timer = setTimeout(work, 50);
    return () => clearTimeout(timer);
  }
  const wish = requestIdleCallback(work, { timeout: 500 });
  return () => cancelIdleCallback(wish);
}

/**
 * How many of many are to be shown by now: some at first, and the others step by
 * step, so that the page hears its person in between. What comes once all are there
 * is shown at once.
 * @param {number} all 0 while unknown @param {number} first as many as fill a screen; Infinity shows all at once
 */
export function useGradual(all, first) {
  const [some, setSome] = useState(first);
  const wanting = all > 0 && some !== Infinity;
  useEffect(() => (wanting ? whenIdle(() => setSome(some < all ? Math.ceil(1.5 * some) : Infinity)) : undefined), [wanting, some]);
  return Math.min(some, all);
}
