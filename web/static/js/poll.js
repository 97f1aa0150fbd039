// @ts-check
/** Repeats work, and does it at once when the person comes back to the page. */

/**
 * Runs work now, delay() milliseconds after each run, and whenever the window
 * gets the focus or the network back. Runs never overlap.
 * @param {() => Promise<void>} work @param {() => number} delay
 * @returns {() => void} runs work now
 */
export function repeat(work, delay) {
  let running = false;
  let timer = 0;
  const run = async () => {
    if (running) return;
    running = true;
    clearTimeout(timer);
    try {
      await work();
    } finally {
      running = false;
      timer = setTimeout(run, delay());
    }
  };
  for (const event of ['focus', 'online']) addEventListener(event, run);
  run();
  return run;
}
