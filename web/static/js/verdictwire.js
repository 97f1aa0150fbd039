// @ts-check
/** Pure: what the server says of a ticket's category and priority, into the panel's own shape. */

/**
 * Who chose a ticket's category and how sure they were, and why it presses.
 * @typedef {{source: string, confidence: number, doubt: string, candidates: string[], reason: string, reasonWords: string[]}} Verdict
 */

/** @type {Record<string, string>} */
const sources = { reglas: 'rules', modelo: 'model', llm: 'llm', persona: 'person' };
/** @type {Record<string, string>} */
const doubts = { sin_clasificar: 'unsure', sin_texto: 'no_text', nota_de_voz: 'voice' };
/** @type {Record<string, string>} */
const reasons = {
  peligro: 'danger', bloqueado: 'locked', plazo: 'deadline', parado: 'stopped', insiste: 'repeated', categoria: 'category', texto: 'words',
};

/** @param {any} v a ticket @returns {Verdict} */
export function verdict(v) {
  return {
    source: meaning(sources, v.fuente) || 'rules', confidence: Number(v.confianza) || 0, doubt: meaning(doubts, v.duda),
    candidates: texts((Array.isArray(v.candidatas) ? v.candidatas : []).map((/** @type {any} */ one) => one?.categoria)),
    reason: meaning(reasons, v.prioridad_motivo), reasonWords: texts(v.prioridad_palabras),
  };
}

/** @param {Record<string, string>} table @param {unknown} word */
function meaning(table, word) {
  return typeof word === 'string' && Object.hasOwn(table, word) ? table[word] : '';
}

/** @param {unknown} v @returns {string[]} */
function texts(v) {
  return (Array.isArray(v) ? v : []).filter((one) => typeof one === 'string' && one !== '');
}
