// @ts-check
/** Pure: the lines of the audit log as sentences. A new action needs a row here and a text. */
import { t } from './i18n.js';

/** What the log can be filtered by: the part of an action before the dot. @type {Record<string, string>} */
export const kinds = {
  access: 'audit.kindAccess', user: 'audit.kindUser', token: 'audit.kindToken', ticket: 'audit.kindTicket', customer: 'audit.kindCustomer',
  settings: 'audit.kindSettings', whatsapp: 'audit.kindWhatsApp', backup: 'audit.kindBackup',
};

/** By kind and verb. @type {Record<string, Record<string, string>>} */
const sentences = {
  access: {
    login: 'audit.login', failed: 'audit.failed', logout: 'audit.logout', ended: 'audit.ended', password: 'audit.password', link: 'audit.link',
    factorOn: 'audit.factorOn', factorOff: 'audit.factorOff', codes: 'audit.codes',
  },
  user: {
    created: 'audit.created', joined: 'audit.joined', role: 'audit.role', disabled: 'audit.disabled', enabled: 'audit.enabled',
    password: 'audit.userPassword', factorReset: 'audit.factorReset', invited: 'audit.invited', link: 'audit.userLink', uninvited: 'audit.uninvited',
  },
  token: { created: 'audit.tokenCreated', revoked: 'audit.tokenRevoked' },
  ticket: { status: 'audit.status', priority: 'audit.priority', category: 'audit.category', assignee: 'audit.assignee', merged: 'audit.merged', parted: 'audit.parted', split: 'audit.split' },
  customer: {
    named: 'audit.customerNamed', blocked: 'audit.customerBlocked', unblocked: 'audit.customerUnblocked', exported: 'audit.customerExported', ticketsExported: 'audit.ticketsExported',
    merged: 'audit.customerMerged', erased: 'audit.customerErased',
  },
  settings: { changed: 'audit.settings', channelAdded: 'audit.channelAdded', channelChanged: 'audit.channelChanged', channelRemoved: 'audit.channelRemoved' },
  whatsapp: { code: 'audit.pairingCode', ended: 'audit.sessionEnded' },
  backup: { asked: 'audit.backupAsked', taken: 'audit.backupTaken' },
};

/** @type {Record<string, string>} */
const roles = { admin: 'role.admin', agent: 'role.agent', reader: 'role.reader' };
/** @type {Record<string, string>} */
const words = {
  ...roles, pending: 'status.pending', in_progress: 'status.in_progress', waiting: 'status.waiting', resolved: 'status.resolved',
  urgent: 'priority.urgent', high: 'priority.high', normal: 'audit.normal', low: 'priority.low',
};

/** What may change of the settings, by the name of its detail. @type {Record<string, string>} */
const parts = {
  name: 'audit.partName', received_text: 'audit.partNotice', window: 'audit.partWindow', zone: 'audit.partZone', hours: 'audit.partHours', away: 'audit.partAway',
  keep_tickets: 'audit.partKeep', notices: 'audit.partNotices',
};

/** Details that say what was before and what is now; in these sentences they are names. */
const change = ['from', 'to'];
const named = ['audit.category', 'audit.assignee'];

/** @param {string} code */
function word(code) {
  return Object.hasOwn(words, code) ? t(words[code]) : code;
}

/** The name of a role. @param {string} role */
export function roleName(role) {
  return t(roles[role] ?? 'role.reader');
}

/** Who did it. @param {import('./accountwire.js').Act} act */
export function actor(act) {
  if (act.user) return act.user;
  return t(act.action.endsWith('.failed') ? 'audit.stranger' : 'audit.program');
}

/** What was done, without who did it. @param {import('./accountwire.js').Act} act */
export function sentence(act) {
  const [kind, verb = ''] = act.action.split('.');
  const known = Object.hasOwn(sentences, kind) && Object.hasOwn(sentences[kind], verb);
  const key = known ? sentences[kind][verb] : 'audit.other';
  return t(variant(key, act.details), { action: act.action, object: act.object, number: act.object.split('/')[1] ?? '', what: changed(act.details), ...shown(act.details, !named.includes(key)) });
}

/** The parts of the settings that details name. @param {Record<string, any>} details */
function changed(details) {
  return Object.keys(parts).filter((name) => Object.hasOwn(details, name)).map((name) => t(parts[name])).join(', ');
}

/** Some sentences have a second form. @param {string} key @param {Record<string, any>} details */
function variant(key, details) {
  if (key === 'audit.login' && details.recovery === true) return 'audit.loginRecovery';
  if (key === 'audit.failed' && !details.name) return 'audit.failedUnknown';
  if (key === 'audit.uninvited' && !details.name) return 'audit.uninvitedUser';
  return key;
}

/** The details as a sentence takes them: codes become words. @param {Record<string, any>} details @param {boolean} coded whether from and to are codes */
function shown(details, coded) {
  /** @type {Record<string, string | number>} */
  const all = {};
  for (const [name, value] of Object.entries(details)) {
    if (typeof value === 'number') all[name] = value;
    if (typeof value === 'string') all[name] = name === 'role' || (change.includes(name) && coded) ? word(value) : value;
    if (change.includes(name) && value === '') all[name] = t('audit.none');
  }
  return all;
}
