// @ts-check
/** What the language model does for the open ticket. */
import { signal } from '@preact/signals-core';

/** @typedef {{id: number, busy: ''|'suggesting'|'summarising', error: string, notice: string, suggestion: string, summary: string}} Drafting */

/** @type {Drafting} */
export const idle = { id: 0, busy: '', error: '', notice: '', suggestion: '', summary: '' };
/** @type {import('@preact/signals-core').Signal<Drafting>} */
export const drafting = signal(idle);
