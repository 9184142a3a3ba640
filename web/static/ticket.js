// Puts a phrase of the answer bank where the cursor stands; without this script the button asks the server.
"use strict";

(() => {
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
})();
