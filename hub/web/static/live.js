// Asks the libraries for the state of their copies now, and puts the answer where the stored states stand. Without this
// file the same is behind a link of the page.
"use strict";

const asked = document.querySelector("[data-live]");

async function askNow() {
  const stored = asked.textContent;
  asked.textContent = asked.dataset.asking;
  try {
    const answer = await fetch(asked.dataset.live);
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("holdings"), held = document.getElementById("holdings");
    for (const part of held.querySelectorAll("details")) {
      const same = fresh.querySelector(`details[data-node="${CSS.escape(part.dataset.node)}"]`);
      if (same) same.open = part.open; // what the reader opened stays open
    }
    held.replaceWith(fresh);
    asked.textContent = page.getElementById("asked").textContent;
  } catch {
    asked.textContent = `${asked.dataset.failed} ${stored}`;
  }
}

if (asked) askNow();
