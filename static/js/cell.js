// A page that the browser kept aside for Back and Forward is asked for again: once locked, it shows nothing.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    window.location.reload();
  }
});
