// @ts-check
/** The part of api.js about what came in during some days. */
import { base, call } from './api.js';
import * as wire from './reportwire.js';

export const reports = {
  /** What came in during so many days, today's among them. @param {number} days @param {string} zone IANA name, where the business has none of its own */
  report: async (days, zone) => wire.report(await call('GET', `${base}/informe?${new URLSearchParams({ dias: String(days), zona: zone })}`)),
};
