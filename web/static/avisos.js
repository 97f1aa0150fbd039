// @ts-nocheck A service worker: what it may use is not what a page may.
/** Shows what the server tells this browser while the panel is closed. It keeps nothing and answers no request. */

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  let said = {};
  try {
    said = event.data.json();
  } catch {
    // A push without a text still has to show something.
  }
  const title = String(said.titulo || 'Mostrador');
  event.waitUntil(self.registration.showNotification(title, {
    body: String(said.cuerpo || ''), tag: String(said.etiqueta || 'mostrador'), data: { link: String(said.enlace || '/') }, renotify: true,
  }));
});

/** Only to the panel itself, whatever was said. */
function target(link) {
  const url = new URL(link, self.location.origin);
  return url.origin === self.location.origin ? url.href : self.location.origin;
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const link = target(event.notification.data?.link ?? '/');
  event.waitUntil(self.clients.matchAll({ type: 'window' }).then((open) => {
    const panel = open.find((one) => new URL(one.url).origin === self.location.origin);
    return panel ? panel.navigate(link).then((one) => (one ?? panel).focus()) : self.clients.openWindow(link);
  }));
});
