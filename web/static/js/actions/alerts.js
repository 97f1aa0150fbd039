// @ts-check
/** Sound and notices of the browser for what arrives, in the way this browser was told to. */
import { api } from '../api.js';
import { customerName, oneLine } from '../format.js';
import { t } from '../i18n.js';
import { device } from '../shelf.js';
import * as state from '../state.js';

const key = 'mostrador.avisos';
/** @type {AudioContext | null} */
let audio = null;

/** Brings back what the person chose in this browser. */
export function restore() {
  try {
    const { sound, notices } = JSON.parse(device.get(key));
    state.alerts.value = { sound: sound === true, notices: notices === true && permission() === 'granted', open: false };
  } catch {
    // Nothing was chosen.
  }
}

/** @returns {string} what the browser lets us do; 'unsupported' without notices */
export function permission() {
  return 'Notification' in globalThis ? Notification.permission : 'unsupported';
}

/** @param {boolean} on */
export function setSound(on) {
  change({ sound: on });
  // A click is when browsers let a page make a sound, and people hear what it will be.
  if (on) beep();
}

/** Asks the browser first. @param {boolean} on */
export async function setNotices(on) {
  const allowed = on && permission() === 'default' ? await Notification.requestPermission() : permission();
  change({ notices: on && allowed === 'granted' });
  if (on && allowed !== 'granted') state.announcement.value = t('alerts.refused');
}

/** @param {Partial<typeof state.alerts.value>} some */
function change(some) {
  state.alerts.value = { ...state.alerts.value, ...some };
  const { sound, notices } = state.alerts.value;
  device.put(key, JSON.stringify({ sound, notices }));
}

/** Tells the person that a ticket is new, or that a customer wrote. @param {string} kind @param {number} id */
export async function tell(kind, id) {
  const { sound, notices } = state.alerts.value;
  if (sound) beep();
  if (!notices || document.hasFocus()) return;
  try {
    const ticket = await api.ticket(id);
    const title = t(kind === 'opened' ? 'alerts.opened' : 'alerts.message', { id, name: oneLine(customerName(ticket)) });
    const notice = new Notification(title, { body: oneLine(ticket.text || ticket.title).slice(0, 120), tag: `ticket-${id}` });
    notice.onclick = () => {
      window.focus();
      window.location.hash = `#/ticket/${id}`;
      notice.close();
    };
  } catch {
    // The list shows it anyway.
  }
}

/** Two short tones. */
function beep() {
  audio ??= new AudioContext();
  for (const [pitch, begin] of [[660, 0], [880, 0.14]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const at = audio.currentTime + begin;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.15, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.25);
  }
}
