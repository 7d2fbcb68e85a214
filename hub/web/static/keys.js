// Keys for people who would rather not reach for the mouse. [data-key=1] is pressed by 1; [data-go=p] by g, then p.
"use strict";

const QUIET = 150; // ms of silence that tell a pressed key from a scanner's burst
const ARMED = 1500; // ms in which a letter may follow g

let waiting = 0, armedUntil = 0;

function press(key) {
  const armed = Date.now() < armedUntil;
  armedUntil = 0;
  if (key === "g") { armedUntil = Date.now() + ARMED; return; }
  const target = document.querySelector((armed ? "[data-go=\"" : "[data-key=\"") + CSS.escape(key) + "\"]");
  if (target) { target.click(); return; }
  if (key === "/") document.querySelector("form[data-scan] input:not([type=hidden])")?.focus();
  if (key === "?") {
    const help = document.querySelector("details.keys");
    if (help) { help.open = !help.open; help.querySelector("summary").focus(); }
  }
}

window.addEventListener("keydown", (event) => {
  clearTimeout(waiting);
  const composing = event.isComposing || event.keyCode === 229;
  if (composing || event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1) return;
  if (event.target.matches("input, textarea, select")) return;
  if (event.key === "/") event.preventDefault();
  const key = event.key.toLowerCase();
  waiting = setTimeout(() => press(key), QUIET);
});
