// SPDX-License-Identifier: Apache-2.0
// The two pages without a network: the pages themselves from the cache, keys and status from the network first. No other file
// of the log is kept: tiles would tell which sheets were looked at, and an old checkpoint would accuse sheets that came
// after it. What a receipt's answer was is not kept either. The build names the version.
const CACHE = "verify-@VERSION@", WAIT_MS = 4000;
const PAGE = ["/s", "/t", "/s/base.js", "/s/verify.js", "/s/track.js", "/s/page.css", "/s/icon.svg", "/s/manifest.webmanifest"];
const FRESH = /^\/(s\/data\.json|log\/status\/[0-9]+)$/;

self.addEventListener("install", event => {
  event.waitUntil(caches.open(CACHE)
    .then(cache => cache.addAll([...PAGE, "/s/data.json"].map(path => new Request(path, { cache: "reload" }))))
    .then(() => self.skipWaiting()));
});

self.addEventListener("activate", event => {
  event.waitUntil(caches.keys()
    .then(names => Promise.all(names.filter(name => name.startsWith("verify-") && name !== CACHE).map(name => caches.delete(name))))
    .then(() => self.clients.claim()));
});

// A network that is there and answers nothing counts as none: what is kept comes before the page itself loses its patience.
async function freshFirst(request, path) {
  const cache = await caches.open(CACHE), kept = await cache.match(path), stop = new AbortController();
  const timer = kept && setTimeout(() => stop.abort(), WAIT_MS);
  try {
    const answer = await fetch(request, { signal: stop.signal });
    if (answer.ok) await cache.put(path, answer.clone());
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

self.addEventListener("fetch", event => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (FRESH.test(address.pathname)) event.respondWith(freshFirst(event.request, address.pathname));
  else if (PAGE.includes(address.pathname)) {
    event.respondWith(caches.match(address.pathname).then(kept => kept || fetch(event.request)));
  }
});
