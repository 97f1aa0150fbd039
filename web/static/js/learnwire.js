// @ts-check
/** Pure: what the server says of categories and of the classifier, into the panel's own shapes and back. */
import { list, pick, text, time } from './wire.js';

/** @typedef {'gray'|'red'|'orange'|'yellow'|'green'|'teal'|'blue'|'purple'|'pink'} Color */
/**
 * @typedef {{id: number, name: string, description: string, keywords: string[], examples: string[], color: Color | '', priority: string,
 *   rest: boolean, archived: boolean}} Category
 * @typedef {{template: string, threshold: number, learning: boolean, ignored: {from: Date | null, until: Date | null} | null, taught: number,
 *   current: boolean, right: boolean[], said: number}} Classifier
 * @typedef {{threshold?: number, learning?: boolean, forgetSince?: Date, forgetAll?: boolean, remember?: boolean}} Wish
 */

/** @type {Record<string, Color>} */
const colors = {
  gris: 'gray', rojo: 'red', naranja: 'orange', amarillo: 'yellow', verde: 'green', turquesa: 'teal', azul: 'blue', morado: 'purple', rosa: 'pink',
};
/** @type {Record<string, string>} */
const priorities = { urgente: 'urgent', alta: 'high', normal: 'normal', baja: 'low' };

/** Every colour, in the order they are offered. @type {Color[]} */
export const allColors = Object.values(colors);

/** @param {any} v @returns {Category[]} */
export function categories(v) {
  return list(v?.categorias).map((one) => ({
    id: Number(one.id), name: text(one.nombre), description: text(one.descripcion), keywords: list(one.palabras_clave).map(text),
    examples: list(one.ejemplos).map(text), color: pick(colors, one.color, /** @type {Color | ''} */ ('')), priority: pick(priorities, one.prioridad, ''),
    rest: one.resto === true, archived: one.archivada === true,
  }));
}

/** The server's fields of what is there; undefined ones stay as they are. @param {Partial<Category>} c */
export function fields(c) {
  return {
    nombre: c.name, descripcion: c.description, palabras_clave: c.keywords, ejemplos: c.examples, archivada: c.archived,
    color: c.color === undefined ? undefined : word(colors, c.color), prioridad: c.priority === undefined ? undefined : word(priorities, c.priority),
  };
}

/** @param {Record<string, string>} table @param {string} value */
function word(table, value) {
  return Object.keys(table).find((key) => table[key] === value) ?? '';
}

/** @param {any} v @returns {Classifier} */
export function classifier(v) {
  const ignored = v.correcciones_ignoradas;
  return {
    template: text(v.plantilla), threshold: Number(v.confianza_minima) || 0, learning: v.aprende === true, taught: Number(v.correcciones) || 0,
    ignored: ignored ? { from: time(ignored.desde), until: time(ignored.hasta) } : null, current: v.al_dia === true,
    right: list(v.acierto?.cada_uno).map((one) => one === true), said: Number(v.acierto?.dichos_por_personas) || 0,
  };
}

/** @param {Wish} w */
export function wish(w) {
  return {
    confianza_minima: w.threshold, aprende: w.learning, olvidar_desde: w.forgetSince?.toISOString(), olvidar_todo: w.forgetAll, recordar_todo: w.remember,
  };
}

/** @param {any} v @returns {{correction: number, before: string, changed: boolean}} */
export function correction(v) {
  return { correction: Number(v.correccion) || 0, before: text(v.antes), changed: v.cambio === true };
}
