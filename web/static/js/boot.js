// @ts-check
/**
 * What must be right before the first picture: colours and language, as this
 * browser's person chose them or the browser says. A plain script, because
 * modules come later. It also asks for the texts and for what the page will show,
 * before anybody needs them.
 */
(() => {
  const root = document.documentElement;
  const languages = ['es', 'en', 'pt'];
  const stored = (/** @type {string} */ key) => {
    try {
      return localStorage.getItem(key) ?? '';
    } catch {
      return ''; // a browser that stores nothing follows its system
    }
  };

  const dress = () => {
    const theme = stored('mostrador.tema');
    const dark = /** @type {HTMLLinkElement | null} */ (document.getElementById('dark'));
    const media = { light: 'not all', dark: 'all' }[theme] ?? '(prefers-color-scheme: dark)';
    if (dark) dark.media = media;
    const bars = /** @type {NodeListOf<HTMLMetaElement>} */ (document.querySelectorAll('meta[name="theme-color"]'));
    bars.forEach((bar) => {
      bar.media = bar.dataset.theme === 'dark' ? media : 'all';
    });
  };

  const wanted = [stored('mostrador.idioma'), ...navigator.languages].map((tag) => tag.slice(0, 2).toLowerCase());
  const language = wanted.find((tag) => languages.includes(tag)) ?? 'es';
  root.lang = language === 'pt' ? 'pt-BR' : language;
  const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  for (const name of language === 'es' ? [language] : [language, `server/${language}`]) {
    const texts = document.createElement('link');
    Object.assign(texts, { rel: 'preload', as: 'fetch', crossOrigin: 'anonymous', href: new URL(`../i18n/${name}.json`, here).href });
    document.head.append(texts);
  }
  // The answers are for js/api.js, which asks itself for what is not among them.
  const list = /^#?\/?$/.test(location.hash) ? ['tickets?limite=50', 'tickets/resumen'] : [];
  const [, ticket] = /^#\/ticket\/([1-9]\d{0,15})(?:\?|$)/.exec(location.hash) ?? [];
  const shown = ticket ? [`tickets/${ticket}/conversacion`] : list;
  const paths = location.pathname === '/' ? ['yo', ...shown, 'puente', 'categorias?breve=true'].map((name) => `/api/v1/${name}`) : [];
  Object.assign(globalThis, {
    asked: new Map(paths.map((path) => [path, fetch(path, { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(15_000) }).catch(() => null)])),
  });
  dress();
  addEventListener('theme', dress);
  // Without its scripts or texts the page cannot say anything but this.
  const fail = () => document.getElementById('fallo')?.removeAttribute('hidden');
  addEventListener('fallo', fail);
  addEventListener('error', ({ target }) => {
    if (target instanceof HTMLScriptElement) fail();
  }, true);
})();
