// The import map of index.html, for node.
const vendor = new URL('../static/vendor/', import.meta.url);
const names = {
  preact: 'preact.mjs', 'preact/hooks': 'hooks.mjs', htm: 'htm.mjs',
  '@preact/signals': 'signals.mjs', '@preact/signals-core': 'signals-core.mjs',
};

export async function resolve(specifier, context, next) {
  if (specifier in names) return { url: new URL(names[specifier], vendor).href, format: 'module', shortCircuit: true };
  const found = await next(specifier, context);
  return found.url.includes('/static/js/') ? { ...found, format: 'module' } : found;
}
