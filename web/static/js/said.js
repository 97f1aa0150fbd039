// @ts-check
/** Pure: what the server and the laptop say in Spanish, in the language of whoever reads it. */

/** Sentences by the Spanish one; {} stands for a value. @type {Record<string, string>} */
let table = {};
/** Those with values. @type {[RegExp, string][]} */
let shapes = [];

/** Translates by these sentences from now on. @param {Record<string, string>} sentences */
export function useSentences(sentences) {
  table = sentences;
  shapes = Object.keys(sentences).filter((spanish) => spanish.includes('{}')).map((spanish) => {
    const parts = spanish.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return /** @type {[RegExp, string]} */ ([new RegExp(`^${parts.join('(.+?)')}$`, 's'), sentences[spanish]]);
  });
}

/** Whether a sentence can be said in the reader's language. @param {string} spanish */
export function known(spanish) {
  return said(spanish) !== spanish;
}

/** A sentence in the reader's language; one that nobody translated stays as it is. @param {string} spanish @returns {string} */
export function said(spanish) {
  if (Object.hasOwn(table, spanish)) return table[spanish];
  for (const [shape, sentence] of shapes) {
    const [whole, ...values] = shape.exec(spanish) ?? [];
    if (whole === undefined) continue;
    let next = 0;
    return sentence.replace(/\{\}/g, () => said(values[next++])); // a value may be a sentence
  }
  return spanish;
}
