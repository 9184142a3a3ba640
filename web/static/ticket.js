// On a ticket's page: phrases go where the cursor stands, what may be taken back is one key away while it lasts, and
// what could not be kept is said. Without this script the buttons ask the server.
"use strict";

(() => {
  const lost = document.getElementById("ticket-lost");

  function insert(button) {
    const chosen = document.getElementById(button.dataset.inserts).selectedOptions[0];
    const field = document.getElementById(button.dataset.into);
    if (!chosen) return;
    field.setRangeText(chosen.dataset.text, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-inserts]");
    if (!button) return;
    event.preventDefault();
    insert(button);
  });

  // The browser gives the focus to the place that the address names, or to nothing, until the page is all there.
  function focusAtLast(part) {
    const focus = () => setTimeout(() => part && part.focus());
    if (document.readyState === "complete") focus();
    else addEventListener("load", focus);
  }

  // Whoever has just sent stands at the button that takes it back, and keeps their place when it goes.
  function offer(form) {
    const entry = form.closest("article");
    const button = form.querySelector("button");
    if (location.hash === `#${entry.id}`) focusAtLast(button);
    const seconds = Number(form.dataset.seconds);
    if (seconds) setTimeout(() => end(form, entry, button), seconds * 1000);
  }

  function end(form, entry, button) {
    form.querySelector("p").textContent = form.dataset.over;
    if (document.activeElement === button) {
      entry.tabIndex = -1;
      entry.focus();
    }
    button.hidden = true;
  }

  function say(what) {
    const text = what ? lost.dataset[what] : "";
    if (lost.textContent === text) return;
    lost.hidden = !text;
    lost.textContent = text;
  }

  document.querySelectorAll("form.undo").forEach(offer);
  if (location.hash === "#svara") focusAtLast(document.getElementById("answer-text"));

  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 401 || status === 403) say("out");
  });
  document.addEventListener("htmx:sendError", () => say("lost"));
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.xhr.status < 400) say("");
  });
})();
