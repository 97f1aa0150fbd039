// @ts-check
/** What this browser keeps, if it keeps anything: one that is told to store nothing throws at every touch. */

/** @param {() => Storage} of */
function shelf(of) {
  const attempt = (/** @type {(storage: Storage) => string | null | void} */ work) => {
    try {
      return work(of()) ?? '';
    } catch {
      return '';
    }
  };
  return {
    /** What is kept under key, '' for nothing. @param {string} key */
    get: (key) => attempt((storage) => storage.getItem(key)),
    /** Keeps value under key; '' removes it. @param {string} key @param {string} value */
    put: (key, value) => { attempt((storage) => (value ? storage.setItem(key, value) : storage.removeItem(key))); },
  };
}

/** For good, for every tab. */
export const device = shelf(() => localStorage);
/** Until the tab is closed. */
export const tab = shelf(() => sessionStorage);
