// @ts-check
/** The first minutes of a panel: who looks on wants to see each step at once. */
import { device } from '../shelf.js';
import * as state from '../state.js';
import { refresh } from './list.js';

const every = 3000;
const key = 'mostrador.bienvenida';

/** Keeps list and bridge up to date until the function it returns is called, and remembers that the panel was empty. */
export function followSetup() {
  device.put(key, '1');
  state.welcome.value = true;
  let timer = 0;
  let over = false;
  const look = async () => {
    state.now.value = Date.now();
    await refresh();
    if (!over) timer = setTimeout(look, every);
  };
  timer = setTimeout(look, every);
  return () => {
    over = true;
    clearTimeout(timer);
  };
}

/** Whether the first steps were taken in this browser and nobody said «Entendido» yet. */
export function restoreWelcome() {
  state.welcome.value = device.get(key) !== '';
}

/** The first steps are over. */
export function endWelcome() {
  device.put(key, '');
  state.welcome.value = false;
}
