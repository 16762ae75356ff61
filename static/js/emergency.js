"use strict";

// Has the device keep this page for when there is no network, says so, and offers to print it.
(() => {
  const worker = document.currentScript.dataset.worker;
  const offline = document.getElementById("hors-connexion");
  const kept = document.getElementById("gardee");
  const print = document.getElementById("imprimer");

  function sayNetwork() {
    offline.textContent = navigator.onLine ? "" : offline.dataset.words;
    offline.hidden = navigator.onLine;
  }

  print.hidden = false;
  print.addEventListener("click", () => window.print());
  window.addEventListener("online", sayNetwork);
  window.addEventListener("offline", sayNetwork);
  sayNetwork();

  if (!("serviceWorker" in navigator)) return;
  // A browser that refuses, in private browsing for instance, still shows the page.
  navigator.serviceWorker.register(worker).catch(() => {});
  navigator.serviceWorker.ready.then(() => {
    kept.hidden = false;
  });
})();
