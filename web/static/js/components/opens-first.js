// @ts-check

/** Keys with which a closed select takes another value, one after the other. */
const turning = new Set(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown']);

/**
 * For a select whose choice is carried out at once: keys that would carry out each
 * value on the way to the one that is meant open it instead, and a letter does
 * nothing before it is open.
 */
export const opensFirst = {
  onKeyDown(/** @type {KeyboardEvent} */ event) {
    const select = /** @type {HTMLSelectElement} */ (event.currentTarget);
    const letter = event.key.length === 1 && event.key !== ' ';
    if (event.altKey || event.ctrlKey || event.metaKey || !select.showPicker || !(turning.has(event.key) || letter)) return;
    event.preventDefault();
    if (!letter) select.showPicker();
  },
};
