/* « Où j’en suis »: the sum of the five answers, made here. Nothing is sent and nothing is kept: leaving the page
   forgets the answers. Without this file one adds on paper, with what the page says. */
(() => {
  "use strict";

  const print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.querySelector("button").addEventListener("click", () => window.print());
  }

  const index = document.querySelector("[data-who5]");
  if (!index) return;

  const items = index.querySelectorAll(".item");
  const result = index.querySelector("[data-result]");
  const outcomes = index.querySelectorAll("[data-low]");
  const again = index.querySelector("[data-again]");
  let told = false;

  function answers() {
    return Array.from(index.querySelectorAll("input:checked"), (choice) => Number(choice.value));
  }

  function show(score) {
    for (const one of outcomes) one.hidden = !(score >= Number(one.dataset.low) && score <= Number(one.dataset.high));
  }

  function tell() {
    const given = answers();
    const left = items.length - given.length;
    const score = given.reduce((sum, points) => sum + points, 0) * Number(index.dataset.factor);
    again.hidden = !given.length;
    show(left ? NaN : score);
    if (!given.length) result.textContent = "";
    else if (left) result.textContent = left > 1 ? `Encore ${left} réponses.` : "Encore une réponse.";
    else result.textContent = `Votre résultat : ${score} sur 100.`;
    if (!left && !told) result.scrollIntoView({ block: "center" });
    told = told || !left;
  }

  function forget() {
    for (const choice of index.querySelectorAll("input:checked")) choice.checked = false;
    told = false;
    tell();
  }

  for (const paper of index.querySelectorAll("[data-paper]")) paper.hidden = true;
  index.addEventListener("change", tell);
  again.querySelector("button").addEventListener("click", () => {
    forget();
    items[0].querySelector("input").focus();
  });
  window.addEventListener("pageshow", forget);
  window.addEventListener("pagehide", forget);
  forget();
})();
