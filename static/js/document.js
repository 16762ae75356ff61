"use strict";

// Looks every second and a half whether the document is ready, without reloading: nothing is read aloud twice.
(() => {
  const PAUSE = 1500;
  const box = document.getElementById("document");

  function give(state) {
    // Coming back to the page must not download again.
    if (state === "ready" && !sessionStorage.getItem(box.dataset.file)) {
      sessionStorage.setItem(box.dataset.file, "1");
      location.assign(box.dataset.file);
    }
  }

  async function look() {
    const found = await read();
    if (found && found.dataset.state !== "waiting") {
      location.reload();
      return;
    }
    if (found) box.querySelector("progress").value = Number(found.dataset.done);
    setTimeout(look, PAUSE);
  }

  // A network that drops for a moment only delays the next look.
  async function read() {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      return page.getElementById("document");
    } catch {
      return null;
    }
  }

  if (box.dataset.state === "waiting") setTimeout(look, PAUSE);
  else give(box.dataset.state);
})();
