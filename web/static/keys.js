// Single keys for the main job. They do nothing while somebody writes, with a modifier held, or when switched off;
// Ctrl+Enter sends the form that one writes in.

const dialog = document.getElementById("keys");
const PAIR_MS = 1500; // so long after G the next key still belongs to it
let waitingSince = 0;

const ROW = "#queue tbody .subject a, [data-row]"; // the link that a row is for

const rows = () => Array.from(document.querySelectorAll(ROW));

function isWriting(part) {
  return part.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(part.tagName);
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const here = document.activeElement.closest && document.activeElement.closest("tr, li");
  const at = here ? all.findIndex((row) => here.contains(row)) : -1;
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
  const row = all[Math.min(Math.max(next, 0), all.length - 1)];
  row.focus();
  row.scrollIntoView({ block: "nearest" });
  return true;
}

// Take the ticket of the row that has the focus: the form says where it goes, the server whether it may.
function take() {
  const form = document.getElementById("take-row");
  const row = document.activeElement.closest && document.activeElement.closest("tr");
  const link = row && row.querySelector(ROW);
  if (!form || !link) return false;
  form.action = link.getAttribute("href");
  form.requestSubmit();
  return true;
}

// What a key belongs to is clicked, opened or given the focus.
function use(key) {
  const part = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!part || part.disabled) return false;
  if (part.tagName === "DETAILS") {
    part.open = true;
    const first = part.querySelector("select, textarea, input:not([type=hidden]), button");
    if (first) first.focus();
  } else if (isWriting(part)) {
    part.focus();
    if (part.select && part.type === "search") part.select();
  } else part.click();
  return true;
}

function act(key) {
  if (key === "j") return move(1);
  if (key === "k") return move(-1);
  if (key === "?") {
    dialog.showModal();
    return true;
  }
  if (key === "t" && take()) return true;
  return use(key);
}

document.addEventListener("keydown", (event) => {
  const form = event.target.form || (event.target.closest && event.target.closest("form"));
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form && isWriting(event.target)) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.repeat && event.key !== "j" && event.key !== "k") return;
  if (dialog.dataset.on !== "true" || isWriting(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : "";
  const goes = key === "q" && Date.now() - waitingSince < PAIR_MS;
  waitingSince = key === "g" ? Date.now() : 0;
  if (key && key !== "g" && act(goes ? "g q" : key)) event.preventDefault();
});

document.querySelectorAll("[data-shows-keys]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
});
