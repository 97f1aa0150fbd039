// @ts-check
/** htm bound to Preact: `html` makes elements, text in them is always a text node. */
import { h } from 'preact';
import htm from 'htm';

export const html = htm.bind(h);
