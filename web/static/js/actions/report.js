// @ts-check
/** What came in during some days: what the page reads, through read of access.js. */
export { reports } from '../reportapi.js';
