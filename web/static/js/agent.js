// @ts-check
/** Pure: what a User-Agent says of the device, for people. */

/** The first that is found wins: most browsers call themselves several names. @type {[RegExp, string][]} */
const browsers = [
  [/Edg(?:e|A|iOS)?\//, 'Edge'], [/OPR\/|Opera/, 'Opera'], [/SamsungBrowser\//, 'Samsung Internet'], [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'], [/Version\/[\d.]+ .*Safari\//, 'Safari'], [/curl\//, 'curl'],
];
/** @type {[RegExp, string][]} */
const systems = [
  [/Windows/, 'Windows'], [/Android/, 'Android'], [/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Mac OS X|Macintosh/, 'macOS'], [/CrOS/, 'ChromeOS'], [/Linux/, 'Linux'],
];

/** The browser and the system, empty when unknown. @param {string} agent @returns {{browser: string, system: string}} */
export function device(agent) {
  return { browser: first(browsers, agent), system: first(systems, agent) };
}

/** @param {[RegExp, string][]} table @param {string} agent */
function first(table, agent) {
  return table.find(([pattern]) => pattern.test(agent))?.[1] ?? '';
}
