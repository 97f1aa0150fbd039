// @ts-check
/** Pure: what there is to say about the bridge. */

/** @typedef {import('./bridgewire.js').Bridge} Bridge */
/** @typedef {{kind: string, title: string, text: string, solution: string, since: Date | null, alert: boolean}} Trouble */
/** @typedef {{phase: 'idle'|'sending'|'done'|'failed', keys: string[], heard: number, message: string}} Retry */

/** @typedef {{pairing: import('./bridgewire.js').Pairing | null, at: number, step: ''|'code'|'passkey'|'confirm'|'end', error: string}} Pair */

/** What each state of the session is called. @type {Record<string, string>} */
const titles = {
  starting: 'bridge.starting', pairing: 'bridge.pairing', passkey: 'bridge.passkey', connecting: 'bridge.connecting', connected: 'bridge.connected',
  degraded: 'bridge.degraded', limited: 'bridge.limited', full: 'bridge.full', loggedOut: 'bridge.loggedOut', replaced: 'bridge.replaced',
  banned: 'bridge.banned', outdated: 'bridge.outdated', refused: 'bridge.refused', stopped: 'bridge.stopped',
  unconfigured: 'bridge.unconfigured', unreachable: 'bridge.unreachable',
};

/** Two clocks closer than this agree, in seconds; farther than that is a fault. */
const sameClock = 2;
const wrongClock = 120;

/**
 * What is wrong, the worst first; nothing when all is well. What the server
 * raised an alert about is said in the alert's words, the rest in the bridge's.
 * @param {Bridge | null} bridge
 * @returns {Trouble[]}
 */
export function troubles(bridge) {
  if (!bridge) return [];
  const raised = (/** @type {string} */ kind) => bridge.alerts.filter((alert) => alert.kind === kind).map(fromAlert(bridge));
  const silence = raised('silence');
  if (silence.length && !bridge.reachable) return silence;
  const session = raised('whatsapp');
  const other = raised('problem');
  return [
    ...silence,
    ...(session.length ? session : sessionTrouble(bridge)),
    ...(other.length ? other : problem(bridge)),
  ];
}

/** States that end by themselves in moments; when they do not, an alert is raised. */
const passing = new Set(['starting', 'connecting']);

/** Of what is wrong, what people have to know now. @param {Bridge | null} bridge */
export function pressing(bridge) {
  return troubles(bridge).filter((trouble) => trouble.alert || trouble.kind !== 'whatsapp' || !passing.has(bridge?.state ?? ''));
}

/** @param {Bridge} bridge */
function fromAlert(bridge) {
  return (/** @type {import('./bridgewire.js').Alert} */ alert) => ({
    kind: alert.kind, title: alertTitle(alert.kind, bridge), text: alert.sentence, solution: alert.solution, since: alert.since, alert: true,
  });
}

/** @param {string} kind @param {Bridge} bridge */
function alertTitle(kind, bridge) {
  if (kind === 'silence') return 'bridge.silent';
  if (kind === 'problem') return 'bridge.problem';
  return bridge.state === 'connected' ? 'bridge.disconnected' : stateTitle(bridge);
}

/** @param {Bridge} bridge @returns {Trouble[]} */
function sessionTrouble(bridge) {
  const well = bridge.connected && (bridge.state === 'connected' || bridge.state === '');
  if (well || (bridge.state === 'full' && bridge.problem)) return [];
  const kind = bridge.reachable ? 'whatsapp' : 'unreachable';
  return [{ kind, title: stateTitle(bridge), text: bridge.reason, solution: bridge.solution, since: null, alert: false }];
}

/** @param {Bridge} bridge @returns {Trouble[]} */
function problem(bridge) {
  if (!bridge.problem) return [];
  return [{ kind: 'problem', title: 'bridge.problem', text: bridge.problem, solution: '', since: null, alert: false }];
}

/** The key of what the state is called. @param {Bridge} bridge */
export function stateTitle(bridge) {
  if (!bridge.reachable && bridge.state !== 'unconfigured') return 'bridge.unreachable';
  const title = titles[bridge.state];
  if (title && (bridge.connected || title !== 'bridge.connected')) return title;
  return bridge.connected ? 'bridge.connected' : 'bridge.disconnected';
}

/** States in which a phone is wanted. */
const unpaired = new Set(['pairing', 'passkey', 'loggedOut']);

/** Whether somebody with the phone in hand can do something now. @param {Bridge | null} bridge */
export function wantsPhone(bridge) {
  return bridge !== null && bridge.reachable && !bridge.connected && unpaired.has(bridge.state);
}

/** How the two ways stand, from WhatsApp to the laptop and from there to here. @param {Bridge} bridge */
export function links(bridge) {
  if (!bridge.reachable) return { whatsapp: 'unknown', server: bridge.state === 'unconfigured' ? 'unknown' : 'bad' };
  return { whatsapp: bridge.connected ? 'good' : 'bad', server: bridge.problem ? 'bad' : 'good' };
}

/**
 * Where the wish to try a parked message again stands. What was tried again
 * stays listed until the bridge's next sign of life says what became of it.
 * @param {Retry} retry @param {string} key @param {Date | null} heard when the bridge last gave one
 * @returns {'idle'|'sending'|'sent'}
 */
export function retryPhase(retry, key, heard) {
  if (retry.keys.length && !retry.keys.includes(key)) return 'idle';
  if (retry.phase === 'sending') return 'sending';
  return retry.phase === 'done' && (heard?.getTime() ?? 0) === retry.heard ? 'sent' : 'idle';
}

/** How a clock stands. @param {number | null} seconds it is ahead @returns {'unknown'|'same'|'ahead'|'behind'} */
export function clockState(seconds) {
  if (seconds === null) return 'unknown';
  if (Math.abs(seconds) < sameClock) return 'same';
  return seconds > 0 ? 'ahead' : 'behind';
}

/** @param {number | null} seconds */
export function clockIsWrong(seconds) {
  return seconds !== null && Math.abs(seconds) > wrongClock;
}
