"use strict";

// Asks every second and a half how far the newsletter is; the page is read again once the state changes.
(() => {
  const PAUSE = 1500;
  const box = document.getElementById("letter-progress");
  const bar = box.querySelector("progress");
  const said = box.querySelector("[role=status]");

  function show(found) {
    if (bar) bar.value = found.done;
    for (const place of document.querySelectorAll("[data-count]")) {
      place.textContent = found.counts[place.dataset.count];
    }
    // Read aloud now and then, not at each letter.
    if (said.dataset.done !== String(Math.floor(found.done / 10))) {
      said.dataset.done = String(Math.floor(found.done / 10));
      said.textContent = found.sentence;
    }
  }

  // A network that drops for a moment only delays the next look.
  async function look() {
    let found = null;
    try {
      const answer = await fetch(box.dataset.url, { cache: "no-store" });
      found = await answer.json();
    } catch {
      found = null;
    }
    if (found && found.state !== box.dataset.state) {
      location.reload();
      return;
    }
    if (found) show(found);
    setTimeout(look, PAUSE);
  }

  setTimeout(look, PAUSE);
})();
