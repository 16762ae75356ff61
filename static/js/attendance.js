/* Attendance on a phone. Each choice is kept in the browser (number of the registration, state, moment) until the
   portal has it, then forgotten: a network that drops for a while loses nothing. Without this file the form has a button. */
(() => {
  "use strict";

  const RETRY = 4000;
  const PATIENCE = 10000;
  const form = document.querySelector("[data-ticks]");
  const state = document.querySelector("[data-state]");

  // What leaves the page waits for the network, or the browser would show its own page instead of this one.
  for (const other of document.querySelectorAll("[data-online]")) {
    other.addEventListener("submit", (event) => {
      if (navigator.onLine) return;
      event.preventDefault();
      alertBeside(other, "Pas de réseau pour le moment : recommencez quand il sera revenu.");
    });
  }

  function alertBeside(place, sentence) {
    let note = place.querySelector("[role=alert]");
    if (!note) {
      note = document.createElement("p");
      note.className = "invalid-feedback";
      note.setAttribute("role", "alert");
      place.append(note);
    }
    note.textContent = sentence;
  }

  if (!form) return;

  const key = form.dataset.key;
  const token = form.elements.csrfmiddlewaretoken.value;
  let memory = {}; // where the browser keeps nothing for pages
  let busy = false;
  let timer = 0;

  function kept() {
    try {
      return JSON.parse(localStorage.getItem(key)) || {};
    } catch {
      return memory;
    }
  }

  function keep(ticks) {
    memory = ticks;
    try {
      if (Object.keys(ticks).length) localStorage.setItem(key, JSON.stringify(ticks));
      else localStorage.removeItem(key);
    } catch {
      return;
    }
  }

  function choose(id, presence) {
    const choice = form.querySelector(`input[name="p-${id}"][value="${presence}"]`);
    if (choice) choice.checked = true;
  }

  function count() {
    const people = form.querySelectorAll(".roll > li").length;
    const counts = { present: 0, absent: 0, excused: 0 };
    for (const choice of form.querySelectorAll("input[type=radio]:checked")) counts[choice.value] += 1;
    counts.unknown = people - counts.present - counts.absent - counts.excused;
    for (const place of form.querySelectorAll("[data-count]")) place.textContent = counts[place.dataset.count];
  }

  function say(name, sentence) {
    count();
    state.dataset.state = name;
    if (state.textContent !== sentence) state.textContent = sentence;
  }

  function sayWaiting() {
    const number = Object.keys(kept()).length;
    const people = number > 1 ? `${number} personnes` : "1 personne";
    say("waiting", `En attente du réseau : ${people} à enregistrer. Rien n’est perdu.`);
  }

  function sayReload() {
    say("stopped", "Vos choix sont gardés sur ce téléphone. Pour les enregistrer, ");
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = "rechargez la page.";
    state.append(link);
  }

  // A choice changed while it was on its way stays to be sent.
  function forget(sent) {
    const left = Object.entries(kept()).filter(([id, tick]) => String(sent[id]) !== String(tick));
    keep(Object.fromEntries(left));
  }

  function post(ticks) {
    const body = Object.entries(ticks).map(([id, [presence, moment]]) => {
      return { id: Number(id), presence, age: Math.max(0, Date.now() - moment) };
    });
    return fetch(form.dataset.ticks, {
      method: "POST",
      redirect: "manual",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ ticks: body }),
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  async function saved(response, ticks) {
    const { states } = await response.json();
    forget(ticks);
    const waiting = kept();
    for (const [id, presence] of Object.entries(states)) if (!waiting[id]) choose(id, presence);
    if (Object.keys(waiting).length) say("sending", "Enregistrement…");
    else say("saved", "Enregistré.");
  }

  async function refused(response, ticks) {
    const { sentence } = await response.json();
    forget(ticks);
    say("stopped", sentence);
  }

  // Answers what to do next: "more" to send again, "retry" to try later, "" to stop.
  async function deliver(ticks) {
    try {
      const response = await post(ticks);
      if (response.ok) await saved(response, ticks);
      else if (response.status === 409) await refused(response, ticks);
      else if (response.status >= 500) return "retry";
      else return "";
      return "more";
    } catch {
      return "retry";
    }
  }

  async function send() {
    clearTimeout(timer);
    const ticks = kept();
    if (busy || !Object.keys(ticks).length) return;
    busy = true;
    const next = await deliver(ticks);
    busy = false;
    if (next === "more") send();
    else if (next === "") sayReload();
    else {
      sayWaiting();
      timer = setTimeout(send, RETRY);
    }
  }

  form.addEventListener("change", (event) => {
    const [, id] = event.target.name.split("-");
    keep({ ...kept(), [id]: [event.target.value, Date.now()] });
    if (navigator.onLine) say("sending", "Enregistrement…");
    else sayWaiting();
    send();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  window.addEventListener("online", send);
  window.addEventListener("pageshow", send);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) send();
  });

  for (const plain of form.querySelectorAll("[data-plain]")) plain.hidden = true;
  for (const [id, [presence]] of Object.entries(kept())) choose(id, presence);
  count();
  send();
})();
