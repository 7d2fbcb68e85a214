// The scan box with a scanner: takes scans wherever the cursor is, sends them one after another, and shows what
// the hub said without loading the page again. Everything here works as plain forms without this file.
"use strict";

const SHORTEST = 4; // signs of a code
const SILENCE = 120; // ms after which the next key begins a new code
const BURST = 35; // ms between keys that no one types, in a field that is not ours
const AGAIN = 10000; // ms within which the same code is the same scan
const RETRY = 4000;

const form = document.querySelector("form[data-scan]");
const work = () => document.getElementById("work");

// --- sounds: made here, no files -------------------------------------------------------------------------------
const SOUNDS = {
  ok: [[880, 0, 0.08]],
  attention: [[660, 0, 0.09], [990, 0.12, 0.12]],
  stop: [[220, 0, 0.18], [220, 0.24, 0.18]],
  again: [[520, 0, 0.05]],
};
let audio = null;
const silent = () => localStorage.getItem("tongjie-silent") === "yes";

function play(name) {
  if (name === "stop" && navigator.vibrate) navigator.vibrate([200, 80, 200]);
  if (silent() || !window.AudioContext || !SOUNDS[name]) return;
  audio = audio || new AudioContext();
  for (const [pitch, after, length] of SOUNDS[name]) {
    const tone = audio.createOscillator(), volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.value = 0.2;
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + after);
    tone.stop(audio.currentTime + after + length);
  }
}

function soundButtons() {
  for (const part of document.querySelectorAll(".needs-js")) part.hidden = false;
  const change = document.querySelector("[data-sound=switch]"), test = document.querySelector("[data-sound=test]");
  if (!change) return;
  const name = () => { change.textContent = silent() ? change.dataset.off : change.dataset.on; };
  change.onclick = () => { localStorage.setItem("tongjie-silent", silent() ? "no" : "yes"); name(); };
  test.onclick = () => play("attention");
  name();
}

// --- the queue: first in, first out, kept over reloads, nothing dropped ------------------------------------------
const place = "tongjie-scans:" + location.pathname;
const queue = form ? JSON.parse(sessionStorage.getItem(place) || "[]") : [];
const recent = new Map();
let sending = false;

const keep = () => sessionStorage.setItem(place, JSON.stringify(queue));
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => n.toString(16).padStart(2, "0")).join("");
const trouble = document.querySelector("[data-scan-trouble]");

function tell(sentence, link) {
  trouble.hidden = !sentence;
  trouble.textContent = sentence ? sentence.replace("{count}", queue.length) + " " : "";
  if (!link) return;
  const to = document.createElement("a");
  to.href = "/sign-in?next=" + encodeURIComponent(location.pathname);
  to.textContent = form.dataset.signIn;
  trouble.append(to);
}

function enqueue(fields) {
  const code = Object.values(fields).join(" "), last = recent.get(code);
  if (last && Date.now() - last < AGAIN) {
    play("again");
    pendingRow(code, form.dataset.again);
    return;
  }
  recent.set(code, Date.now());
  queue.push({ fields: { ...fields, key: newKey() }, code });
  keep();
  pendingRow(code, form.dataset.pending);
  send();
}

function pendingRow(code, words) {
  const body = work().querySelector("table.scans tbody");
  if (!body) return;
  const row = body.insertRow(0);
  row.className = "pending";
  row.insertCell().textContent = "…";
  const cell = row.insertCell();
  cell.className = "code";
  cell.textContent = form.elements.card ? code.split(" ").pop() : code;
  row.insertCell();
  row.insertCell().textContent = words;
}

async function send() {
  if (sending || !queue.length) return;
  sending = true;
  const scan = queue[0];
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(scan.fields) });
    if (answer.status === 401) { tell(form.dataset.signedOut, true); return; }
    if (answer.status >= 500) throw new Error(answer.status);
    queue.shift();
    keep();
    tell("");
    show(new DOMParser().parseFromString(await answer.text(), "text/html"), answer.url, scan);
  } catch {
    tell(form.dataset.offline);
    setTimeout(send, RETRY);
    return;
  } finally {
    sending = false;
  }
  send();
}

function show(page, address, scan) {
  const fresh = page.getElementById("work");
  const elsewhere = new URL(address).pathname !== location.pathname;
  if (!fresh || (elsewhere && !queue.length)) { location.assign(address); return; }
  const verdict = fresh.querySelector("[data-verdict]")?.dataset.verdict;
  work().replaceWith(fresh);
  const bar = page.querySelector(".bar");
  if (bar) document.querySelector(".bar").replaceWith(bar);
  if (verdict !== "ok") recent.delete(scan.code); // a refused code may be scanned again at once
  play(verdict);
}

// --- the fields of the box ---------------------------------------------------------------------------------------
const fields = () => [...form.querySelectorAll("input:not([type=hidden])")];

function empty(field) {
  field.blur(); // ends what an input method was composing, so that nothing of it enters the next scan
  field.value = "";
  field.focus();
}

function accept(code) {
  const all = fields(), next = all.find((field) => !field.value) || all[0];
  next.value = code;
  const missing = all.find((field) => !field.value);
  if (missing) { missing.focus(); return; }
  submit();
}

function submit() {
  const all = fields(), said = Object.fromEntries(all.map((field) => [field.name, field.value.trim()]));
  for (const hidden of form.querySelectorAll("input[type=hidden]:not([name=key])")) said[hidden.name] = hidden.value;
  all.reverse().forEach(empty); // the first field is emptied last and keeps the cursor
  if (Object.values(said).every(Boolean)) enqueue(said);
}

// --- the wedge: a scanner types faster than anybody; its keys are read by their place, whatever the input method ---
let code = "", lastKey = 0, slowest = 0, before = "";

function sign(event) {
  const found = /^(?:Digit|Numpad|Key)([0-9A-Z])$/.exec(event.code);
  if (found) return found[1];
  return { Minus: "-", NumpadSubtract: "-", Slash: "/", Period: "." }[event.code] || "";
}

function foreignField(target) {
  return target.matches("input, textarea, select") && target.form !== form;
}

function wedge(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const gap = event.timeStamp - lastKey;
  if (event.key === "Enter" || event.key === "Tab") {
    const scanned = code.length >= SHORTEST && gap < SILENCE && code;
    const typed = foreignField(event.target) && slowest > BURST;
    code = "";
    if (!scanned || typed) return;
    event.preventDefault();
    event.stopPropagation();
    if (foreignField(event.target)) event.target.value = before;
    else if (event.target.form === form) empty(event.target);
    accept(scanned);
    return;
  }
  const one = sign(event);
  if (!one) return;
  if (gap > SILENCE) {
    code = "";
    slowest = 0;
    before = event.target.value || "";
  } else {
    slowest = Math.max(slowest, gap);
  }
  lastKey = event.timeStamp;
  code += one;
}

if (form) {
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  window.addEventListener("keydown", wedge, true);
  window.addEventListener("online", send);
  send();
}
soundButtons();
const first = document.querySelector("[data-verdict]");
if (first) play(first.dataset.verdict);
