// @ts-check
/** The part of api.js about pairing the phone. */
import { base, call } from './api.js';
import { pairing } from './bridgewire.js';

export const phone = {
  pairing: async () => pairing(await call('GET', `${base}/puente/vinculacion`)),

  /** Asks for a code to type on the phone. @param {string} phone */
  requestCode: async (phone) => pairing(await call('POST', `${base}/puente/vinculacion/codigo`, { telefono: phone })),

  /** @param {string} answer what the console of web.whatsapp.com said */
  answerPasskey: async (answer) => pairing(await call('POST', `${base}/puente/vinculacion/passkey`, { respuesta: answer })),

  confirmPasskey: async () => pairing(await call('POST', `${base}/puente/vinculacion/passkey/confirmar`)),

  /** Ends the session with WhatsApp. */
  unpair: async () => pairing(await call('POST', `${base}/puente/vinculacion/cerrar`)),
};
