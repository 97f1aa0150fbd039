// @ts-check
/** Notices that leave the panel: what their page reads and changes. */
import { notices } from '../noticeapi.js';
import { forPeople, forPrograms } from '../noticewire.js';
import { t } from '../i18n.js';
import { device } from '../shelf.js';
import { act } from './access.js';
import { identify } from './session.js';

export { forPeople, forPrograms, notices };

/** The channel that is this browser, as it remembers it. */
const key = 'mostrador.canal';
const worker = '/avisos.js';

/** Changes something and has the page know of channels that are off. @template T @param {() => Promise<T>} work */
export async function change(work) {
  const outcome = await act(work);
  if (!outcome.error) await identify();
  return outcome;
}

/** @returns {number} the id of this browser's channel, 0 without one */
export function thisBrowser() {
  return Number(device.get(key)) || 0;
}

/** @returns {boolean} whether this browser can be told anything while the panel is closed */
export function canPush() {
  return 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;
}

/**
 * Has this browser be told. @param {string} name how people know it @param {string} publicKey the server's
 * @returns {Promise<string>} why not, empty on success
 */
export async function enablePush(name, publicKey) {
  if (await Notification.requestPermission() !== 'granted') return t('alerts.refused');
  let given;
  try {
    given = await subscribe(publicKey);
  } catch {
    return t('notices.pushFailed');
  }
  const { value, error } = await change(() => notices.addBrowser(name, given));
  if (value) device.put(key, String(value.id));
  return error;
}

/** @param {string} publicKey */
async function subscribe(publicKey) {
  await navigator.serviceWorker.register(worker);
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: publicKey };
  try {
    return (await pushManager.subscribe(options)).toJSON();
  } catch {
    // One that was made with another key is in the way.
    await (await pushManager.getSubscription())?.unsubscribe();
    return (await pushManager.subscribe(options)).toJSON();
  }
}

/** Removes a channel; this browser's takes its subscription along. @param {boolean} own @param {number} id @returns {Promise<string>} why not */
export async function removeChannel(own, id) {
  const { error } = await change(() => notices.remove(own, id));
  if (!error && id === thisBrowser()) {
    device.put(key, '');
    const registration = await navigator.serviceWorker?.getRegistration();
    await (await registration?.pushManager.getSubscription())?.unsubscribe();
  }
  return error;
}
