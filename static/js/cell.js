// A page that the browser kept aside for Back and Forward is asked for again: once locked, it shows nothing.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    window.location.reload();
  }
});

// A printing button that only a script can offer.
const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.querySelector("button").addEventListener("click", () => window.print());
}
