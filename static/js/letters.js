"use strict";

// The preview of a block follows what is typed; without it, its button does.
const PAUSE = 500; // ms

for (const form of document.querySelectorAll("[data-letter-block]")) {
  const button = form.querySelector("[data-refresh]");
  let waiting;

  if (!button || !form.requestSubmit) continue;
  const refresh = () => {
    // In a new frame: the pages that the old one went through would stand in the way of « Back ».
    const frame = document.querySelector(`iframe[name="${button.getAttribute("formtarget")}"]`);
    const fresh = frame.cloneNode();
    fresh.removeAttribute("src");
    frame.replaceWith(fresh);
    form.requestSubmit(button);
  };
  button.hidden = true;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
  refresh();
}
