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
 * How many of many are to be shown by now: some at first, and the others little by
 * little, so that the page hears its person in between.
 * @param {number} all @param {number} first as many as fill a screen; Infinity shows all at once
 */
export function useGradual(all, first) {
  const [some, setSome] = useState(first);
  const wanting = some < all;
  useEffect(() => (wanting ? whenIdle(() => setSome(some + first)) : undefined), [wanting, some]);
  return Math.min(some, all);
}
