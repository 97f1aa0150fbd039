// @ts-check
import { html } from '../html.js';

/** Own drawings on a 24 by 24 grid, stroked with the colour of the text. @type {Record<string, string>} */
const paths = {
  attach: 'm8.5 12.5 6-6a3 3 0 0 1 4.2 4.2l-8.2 8.2a5 5 0 0 1-7-7L11 4.4',
  alert: 'M12 8v5m0 3.5v.01M10.6 4.2 2.9 17.6A1.6 1.6 0 0 0 4.3 20h15.4a1.6 1.6 0 0 0 1.4-2.4L13.4 4.2a1.6 1.6 0 0 0-2.8 0z',
  archive: 'M4 5h16v4H4zm1 4v10h14V9m-9 4h4',
  bell: 'M6 9a6 6 0 1 1 12 0c0 6 2 7 2 7H4s2-1 2-7m4 11a2 2 0 0 0 4 0',
  back: 'M19 12H5m6-6-6 6 6 6',
  chart: 'M4 20h16M6.5 16v-3m5.5 3V5m5.5 11V9',
  chat: 'M21 12a8.5 8.5 0 0 1-12.6 7.4L3 21l1.6-5.4A8.5 8.5 0 1 1 21 12z',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  checks: 'm2 12.5 4.5 4.5L15 8.5M11 16l1 1 9.5-9.5',
  clock: 'M12 7v5l3 2m6-2a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  close: 'M6 6l12 12M18 6 6 18',
  document: 'M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zm0 0v5h5M9 13h6m-6 4h4',
  down: 'M12 5v14m-6-6 6 6 6-6',
  help: 'M9.2 9a3 3 0 1 1 4.2 2.8c-.9.4-1.4 1-1.4 2.2m0 3v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  image: 'M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zm-1 12 5-5 4 4 2-2 5 5M15.5 8.5v.01',
  inbox: 'M4 13 6.5 5h11L20 13v6H4zm0 0h4.5l1.5 3h4l1.5-3H20',
  laptop: 'M5 5h14v10H5zM2 19h20',
  look: 'M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18zm0-18v18m0-15.5h4.5M12 9h7.5M12 12.5h9M12 16h8M12 19.5h4',
  merge: 'M6 4v5a5 5 0 0 0 5 5h8M6 20v-4m9-6 4 4-4 4',
  minus: 'M5 12h14',
  more: 'M6 12v.01M12 12v.01M18 12v.01',
  next: 'm9 5 7 7-7 7',
  note: 'M5 4h14v10l-5 6H5zm9 16v-6h5M8.5 9h7',
  out: 'M15 4h3a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-3M10 8l-4 4 4 4m-4-4h10',
  pending: 'M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18z',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zm-6.5 9c0-3.5 2.9-6 6.5-6s6.5 2.5 6.5 6M16 4.3a3.5 3.5 0 0 1 0 6.4M17.5 14.4c2.4.8 4 2.9 4 5.6',
  phone: 'M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zm3 15h2',
  pin: 'M12 21s7-6.3 7-11.5A7 7 0 0 0 5 9.5C5 14.7 12 21 12 21zm0-9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  plus: 'M12 5v14M5 12h14',
  previous: 'm15 5-7 7 7 7',
  progress: 'M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18zm0-9V7m0 5 3.5 2',
  quote: 'M9 6 4 11l5 5m-5-5h10a6 6 0 0 1 6 6v1',
  reopen: 'M4 5v5h5M4.6 10A8 8 0 1 1 4 13',
  resolved: 'M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18zm-4-9 3 3 5-5.5',
  rotate: 'M20 5v5h-5m4.4 0A8 8 0 1 0 20 13',
  filter: 'M4 6h16M7 12h10m-7 6h4',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-8 9c0-4 3.6-6 8-6s8 2 8 6',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zm5 12 4.5 4.5',
  send: 'M4 12 20 4l-5 16-3.5-6.5zm7.5 1.5L20 4',
  spark: 'M12 3l1.9 5.6L19.5 10.5l-5.6 1.9L12 18l-1.9-5.6L4.5 10.5l5.6-1.9zM19 16v4m-2-2h4',
  settings: 'M4 7h9m5 0h2M4 17h2m5 0h9M15.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zm-7 10a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  slash: 'M7 3h10a3 3 0 0 1 3 3v12a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3zm7 4-4 10',
  split: 'M6 4v7a4 4 0 0 0 4 4h9m-4-4 4 4-4 4M6 11V9a4 4 0 0 1 4-4h9',
  up: 'M12 19V5m-6 6 6-6 6 6',
  voice: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zm-6 8a6 6 0 0 0 12 0m-6 6v4',
  waiting: 'M7 3h10M7 21h10M8 3c0 5 4 5.5 4 9s-4 4-4 9m8-18c0 5-4 5.5-4 9s4 4 4 9',
};

/** A decoration: what it means must stand beside it in words. @param {{name: string}} props */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${paths[name]} /></svg>`;
}
