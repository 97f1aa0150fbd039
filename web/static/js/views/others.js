// @ts-check
/** The pages beside the work on tickets. They come together, when somebody first opens one of them. */
export { BridgePage } from './bridge.js';
export { Customer } from './customer.js';
export { Customers } from './customers.js';
export { Report } from './report.js';
export { Settings } from './settings.js';
