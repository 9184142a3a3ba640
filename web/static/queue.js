// Keeps the queue fresh without taking anything away from whoever reads it: rows change where they stand, focus and
// scroll position stay, and new rows wait behind a button while the list is being read.
"use strict";

(() => {
  const QUIET_AFTER_MS = 4000; // a pointer that rests is not reading
  const POLL_MS = 5000;
  const SAID_AFTER_MS = 1000;
  const LOST_AFTER_MS = 5000; // a stream ends by itself now and then: only a longer silence is said

  const button = document.getElementById("queue-fresh");
  const said = document.getElementById("queue-said");
  const lost = document.getElementById("queue-lost");
  let pointedAt = 0;
  let waiting = null;
  let source = null;
  let lostTimer = 0;
  // The newest version of the list that has come, shown or waiting, and its rows.
  let newest = { version: "", rows: new Map() };

  const list = () => document.getElementById("queue");
  const body = (section) => section.querySelector("tbody");
  const rowsOf = (section) => Array.from(section.querySelectorAll("tbody > tr"));

  function isBeingRead() {
    const rows = body(list());
    if (!rows) return false;
    const top = rows.getBoundingClientRect().top;
    return rows.contains(document.activeElement) || top < 0 || Date.now() - pointedAt < QUIET_AFTER_MS;
  }

  function counted(count, one, many) {
    return count === 1 ? button.dataset[one] : button.dataset[many].replace("{n}", count);
  }

  // The cell that has the focus is left alone, else the focus would be lost.
  function changeRow(old, fresh) {
    if (old.outerHTML === fresh.outerHTML) return;
    old.className = fresh.className;
    Array.from(fresh.cells).forEach((cell, place) => {
      const current = old.cells[place];
      if (!current.contains(document.activeElement)) current.replaceWith(cell.cloneNode(true));
    });
  }

  function changeText(fresh) {
    const summary = list().querySelector(".summary");
    const freshSummary = fresh.querySelector(".summary");
    if (summary && freshSummary) summary.innerHTML = freshSummary.innerHTML;
    showCount("open", fresh.dataset.open);
    showCount("look", fresh.dataset.look);
  }

  // A number in the menu; of none nothing stands there, except of the queue itself.
  function showCount(name, number) {
    const count = document.querySelector(`[data-count=${name}]`);
    if (count.textContent === number) return;
    const unit = count.nextElementSibling;
    count.textContent = number;
    unit.textContent = number === "1" ? unit.dataset.one : unit.dataset.many;
    count.parentElement.hidden = number === "0" && name !== "open";
  }

  function take(fresh) {
    const current = list();
    if (!body(current) || !body(fresh)) {
      current.replaceWith(fresh);
      return;
    }
    const known = new Map(rowsOf(current).map((row) => [row.id, row]));
    const added = [];
    rowsOf(fresh).forEach((row) => {
      const old = known.get(row.id);
      known.delete(row.id);
      if (old) changeRow(old, row);
      else {
        row.classList.add("is-new");
        added.push(row);
      }
      body(current).append(old || row);
    });
    known.forEach((row) => row.remove());
    current.dataset.version = fresh.dataset.version;
  }

  function changeInPlace(fresh) {
    const current = list();
    const incoming = new Map(rowsOf(fresh).map((row) => [row.id, row]));
    rowsOf(current).forEach((row) => {
      if (incoming.has(row.id)) changeRow(row, incoming.get(row.id));
    });
    current.dataset.version = fresh.dataset.version;
  }

  function remember(section) {
    newest = { version: section.dataset.version, rows: new Map(rowsOf(section).map((row) => [row.id, row.outerHTML])) };
  }

  function sectionOf(html) {
    return new DOMParser().parseFromString(html, "text/html").getElementById("queue");
  }

  // The stream says what is other than in the version before: rows that have changed, and the order of all.
  function change(told) {
    if (told.from !== newest.version) return refresh(told.version);
    const fresh = sectionOf(told.around);
    const rows = told.order.map((id) => told.rows[id] || newest.rows.get("t" + id));
    if (!fresh || !body(fresh) || rows.some((row) => !row)) return refresh(told.version);
    body(fresh).innerHTML = rows.join("");
    receive(fresh);
    sayFound();
    return Promise.resolve();
  }

  function receive(fresh) {
    remember(fresh);
    const known = new Set(rowsOf(list()).map((row) => row.id));
    const added = rowsOf(fresh).filter((row) => !known.has(row.id)).length;
    const announced = waiting ? waiting.added : 0;
    changeText(fresh);
    if (isBeingRead()) {
      changeInPlace(fresh);
      waiting = { fresh: fresh, added: added };
      button.textContent = added ? counted(added, "one", "many") : "";
      button.hidden = added === 0;
    } else {
      take(fresh);
      waiting = null;
      button.hidden = true;
    }
    if (added > announced) said.textContent = counted(added - announced, "saidOne", "saidMany");
  }

  // The stream says which version there is; without a stream the list is asked for as it is.
  async function refresh(version) {
    if (version === newest.version) return;
    const rows = list().dataset.rows;
    const address = version ? rows + (rows.includes("?") ? "&" : "?") + "version=" + version : rows;
    const answer = await fetch(address, { credentials: "same-origin" });
    if (answer.status === 401) return leave();
    if (!answer.ok) return;
    showCount("mine", answer.headers.get("svarsvakt-mine"));
    const fresh = sectionOf(await answer.text());
    if (fresh.dataset.version !== newest.version) receive(fresh);
    sayFound();
  }

  // Some networks let no stream through: then the list is asked for again and again.
  function poll() {
    if (document.hidden || (source && source.readyState === EventSource.OPEN)) return;
    refresh("").catch(sayLost);
  }

  function leave() {
    location.assign("/logga-in?next=" + encodeURIComponent(location.pathname + location.search));
  }

  function sayLost() {
    if (!lostTimer) lostTimer = setTimeout(() => (lost.textContent = button.dataset.lost), LOST_AFTER_MS);
  }

  function sayFound() {
    clearTimeout(lostTimer);
    lostTimer = 0;
    lost.textContent = "";
  }

  function listen() {
    if (source) return;
    source = new EventSource(list().dataset.stream);
    source.addEventListener("open", sayFound);
    source.addEventListener("version", (event) => refresh(event.data).catch(sayLost));
    source.addEventListener("change", (event) => change(JSON.parse(event.data)).catch(sayLost));
    source.addEventListener("mine", (event) => showCount("mine", event.data));
    source.addEventListener("signed-out", leave);
    source.addEventListener("error", () => {
      sayLost();
      poll();
      // A refusal closes the stream for good: ask again by ourselves.
      if (source && source.readyState === EventSource.CLOSED) {
        hush();
        setTimeout(listen, LOST_AFTER_MS);
      }
    });
  }

  function hush() {
    if (source) source.close();
    source = null;
  }

  function showWaiting() {
    if (!waiting) return;
    const fresh = waiting.fresh;
    waiting = null;
    button.hidden = true;
    take(fresh);
    const first = list().querySelector("tr.is-new a");
    if (first) first.focus();
  }

  document.addEventListener("pointermove", (event) => {
    if (list().contains(event.target)) pointedAt = Date.now();
  });
  // What waited while the list was read comes in when the reader has left it.
  setInterval(() => {
    if (waiting && !isBeingRead() && document.activeElement !== button) {
      const fresh = waiting.fresh;
      waiting = null;
      button.hidden = true;
      take(fresh);
    }
  }, 1000);
  button.addEventListener("click", showWaiting);
  // A hidden page listens to nothing: browsers allow only six streams a host.
  document.addEventListener("visibilitychange", () => (document.hidden ? hush() : listen()));
  addEventListener("pagehide", hush);
  setInterval(poll, POLL_MS);

  remember(list());
  listen();

  // What a page brings with it is not read out by itself: it is said once the page is there.
  const done = document.getElementById("queue-done");
  if (done) setTimeout(() => (said.textContent = done.firstElementChild.nextSibling.textContent.trim()), SAID_AFTER_MS);
})();
