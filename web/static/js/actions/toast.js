// @ts-check
/** Saying what was just done, with the way back. */
import * as state from '../state.js';

/** Seconds that something can be taken back. */
const patience = 12;
let timer = 0;

/** Shows what was done for a while. @param {string} text @param {(() => void) | null} undo */
export function say(text, undo) {
  clearTimeout(timer);
  const toast = { text, undo };
  state.toast.value = toast;
  timer = setTimeout(() => {
    if (state.toast.value === toast) state.toast.value = null;
  }, patience * 1000);
}
