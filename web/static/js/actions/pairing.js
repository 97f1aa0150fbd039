// @ts-check
/** Pairing the business's phone, through the laptop's bridge. */
import { phone } from '../pairingapi.js';
import * as state from '../state.js';
import { refresh as refreshBridge } from './bridge.js';
import { change, guard, sentence } from './guard.js';

/** Milliseconds between two looks: a code lives for 20 seconds, WhatsApp's next demand comes at any time. */
const every = 2000;

/** Keeps what is shown up to date until the function it returns is called. */
export function follow() {
  let timer = 0;
  let over = false;
  const look = async () => {
    await refresh();
    if (!over) timer = setTimeout(look, every);
  };
  look();
  return () => {
    over = true;
    clearTimeout(timer);
    state.pair.value = { ...state.pair.value, pairing: null, error: '' };
  };
}

/** What somebody does is not overtaken by a look from before it. */
async function refresh() {
  if (state.pair.value.step) return;
  try {
    const pairing = await guard(phone.pairing);
    if (state.pair.value.step) return;
    // What was said about a step stays until the next one.
    const error = state.pair.value.pairing ? state.pair.value.error : '';
    state.pair.value = { ...state.pair.value, pairing, at: Date.now(), error };
    if (pairing.state === 'connected') await refreshBridge();
  } catch (cause) {
    state.pair.value = { ...state.pair.value, pairing: null, error: sentence(cause) };
  }
}

/**
 * Takes a step and shows what follows from it; returns whether it worked.
 * @param {import('../bridge.js').Pair['step']} step
 * @param {() => Promise<import('../bridgewire.js').Pairing>} work
 */
async function take(step, work) {
  if (state.pair.value.step) return false;
  state.pair.value = { ...state.pair.value, step, error: '' };
  try {
    state.pair.value = { pairing: await change(work), at: Date.now(), step: '', error: '' };
    return true;
  } catch (cause) {
    state.pair.value = { ...state.pair.value, step: '', error: sentence(cause) };
    return false;
  }
}

/** Asks for a code to type on the phone. @param {string} number */
export const requestCode = (number) => take('code', () => phone.requestCode(number));

/** Passes on what the console of web.whatsapp.com said. @param {string} answer */
export const answerPasskey = (answer) => take('passkey', () => phone.answerPasskey(answer));

/** Says that phone and panel show the same code. */
export const confirmPasskey = () => take('confirm', phone.confirmPasskey);

/** Ends the session with WhatsApp. */
export async function endSession() {
  const ended = await take('end', phone.unpair);
  if (ended) await refreshBridge();
  return ended;
}
