"use strict";

// Keeps the emergency page, and what it needs to look right, for when there is no network. This page alone.
// The portal writes before these lines: const KEPT = { page, files, version }.

const PREFIX = "urgence-";
const CACHE = PREFIX + KEPT.version;
const PATIENCE = 4000; // milliseconds; a network that hardly answers must not keep the numbers from anybody

// Asked for without cookies: what stays on the device is the page of a visitor, whoever is signed in.
async function install() {
  const cache = await caches.open(CACHE);
  const options = { credentials: "omit", cache: "no-cache" };
  await cache.addAll([KEPT.page, ...KEPT.files].map((url) => new Request(url, options)));
}

async function forgetOldCopies() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
}

function late() {
  return new Promise((resolve, reject) => setTimeout(() => reject(new Error("late")), PATIENCE));
}

// The network first, for what it says is newer; the copy where it is silent, slow or broken.
async function answer(request) {
  const copy = await caches.match(request, { cacheName: CACHE, ignoreSearch: true, ignoreVary: true });
  const asked = fetch(request);
  if (!copy) return asked;
  try {
    const response = await Promise.race([asked, late()]);
    return response.ok ? response : copy;
  } catch {
    asked.catch(() => {});
    return copy;
  }
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => event.waitUntil(forgetOldCopies()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const ours = url.origin === self.location.origin && [KEPT.page, ...KEPT.files].includes(url.pathname);
  if (ours && event.request.method === "GET") event.respondWith(answer(event.request));
});
