/* A questionnaire: hides what is not asked, and makes a cursor of the number of a visual scale. Without this file the
   condition is said in words and the number is typed; the server alone decides what is kept. */
(() => {
  "use strict";

  const form = document.querySelector("[data-survey]");
  if (!form) return;

  const conditional = Array.from(form.querySelectorAll("[data-if]"));
  const parts = new Set(conditional.map((question) => question.closest(".part")));

  function answersTo(key) {
    const fields = Array.from(form.querySelectorAll(`[name="${key}"]`));
    const asked = fields.filter((field) => !field.closest("[data-if][hidden]"));
    return asked.filter((field) => field.type === "number" || field.checked).map((field) => field.value);
  }

  /* In the order of the page: a question may hang on one that hangs on another. */
  function ask() {
    for (const question of conditional) {
      const values = question.dataset.values.split(" ");
      question.hidden = !answersTo(question.dataset.if).some((value) => values.includes(value));
    }
    // A heading with nothing under it goes too.
    for (const part of parts) part.hidden = !part.querySelector(".asked:not([hidden])");
  }

  for (const words of form.querySelectorAll(".only-if, [data-number]")) words.hidden = true;
  form.addEventListener("change", ask);
  form.addEventListener("input", ask);
  ask();

  /* A cursor always has a value: until it is touched it shows none, and nothing is sent. */
  function withCursor(visual) {
    const number = visual.querySelector("input");
    const cursor = document.createElement("div");
    const range = document.createElement("input");
    const told = document.createElement("output");
    const clear = document.createElement("button");

    function show() {
      const empty = number.value === "";
      cursor.toggleAttribute("data-empty", empty);
      range.setAttribute("aria-valuetext", empty ? "Pas encore de réponse" : `${number.value} sur 100`);
      told.textContent = empty ? "Sans réponse" : `${number.value} sur 100`;
      clear.hidden = empty;
    }

    function set(value) {
      number.value = value;
      show();
      ask();
    }

    cursor.className = "cursor";
    range.type = "range";
    range.min = 0;
    range.max = 100;
    range.value = number.value === "" ? 50 : number.value;
    range.id = number.id;
    range.setAttribute("aria-describedby", number.getAttribute("aria-describedby") || "");
    told.setAttribute("for", range.id);
    clear.type = "button";
    clear.className = "btn btn-link";
    clear.textContent = "Effacer cette réponse";
    number.removeAttribute("id");
    number.type = "hidden";
    range.addEventListener("input", () => set(range.value));
    /* The middle can be meant: a touch there, or Enter and Space, moves nothing and yet answers. */
    range.addEventListener("click", () => set(range.value));
    range.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      set(range.value);
    });
    clear.addEventListener("click", () => {
      range.value = 50;
      set("");
      range.focus();
    });
    cursor.append(range, told, clear);
    visual.append(cursor);
    show();
  }

  for (const visual of form.querySelectorAll("[data-visual]")) withCursor(visual);

  const errors = document.querySelector("[data-errors]");
  if (errors) errors.focus();
})();
