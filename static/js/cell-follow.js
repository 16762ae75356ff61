// A case closes after fifteen minutes, and its words leave the screen. What is being typed stays: it is sent on once the
// code is given again.
const home = document.currentScript.dataset.return;
const isTyping = () => [...document.querySelectorAll("textarea")].some((area) => area.value.trim());

setTimeout(
  () => {
    if (isTyping()) {
      document.querySelectorAll("[data-words]").forEach((words) => words.remove());
    } else {
      window.location.replace(home);
    }
  },
  15 * 60 * 1000,
);
