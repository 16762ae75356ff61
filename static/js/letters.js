"use strict";

// The preview of a block follows what is typed; without it, its button does.
const PAUSE = 400; // ms

for (const form of document.querySelectorAll("[data-letter-block]")) {
  const refresh = form.querySelector("[data-refresh]");
  let waiting;

  if (!refresh || !form.requestSubmit) continue;
  refresh.hidden = true;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => form.requestSubmit(refresh), PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
  form.requestSubmit(refresh);
}
