"use strict";

// A button that copies the text above it; without it, the text can still be selected.
for (const box of document.querySelectorAll("[data-copy]")) {
  const text = box.querySelector("textarea");
  const button = box.querySelector("button");
  const status = box.querySelector("[role=status]");

  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.value);
      status.textContent = "C’est copié.";
    } catch {
      text.select();
      status.textContent = "Le message est sélectionné : copiez-le avec Ctrl + C.";
    }
  });
}
