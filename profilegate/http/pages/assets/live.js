// Keeps a page up to date: the gateway says when it has changed, and its live parts are got anew.
"use strict";

const RETRY_MILLISECONDS = 10_000;
const page = document.querySelector("[data-events]");
const state = document.getElementById("live-state");
let stamp = page?.dataset.stamp;
let busy = false;

function say(word, isLive) {
  state.textContent = word;
  state.classList.toggle("good", isLive);
}

// Gets the page anew, and swaps the parts that may have changed.
async function refresh() {
  const response = await fetch(location.href, { headers: { accept: "text/html" } });
  // The session has ended, or what the page shows is gone: it must not stay on the screen.
  if (response.redirected || response.status === 404) {
    location.reload();
    return;
  }
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const found = fresh.querySelector("[data-events]");
  if (!found) {
    say("not live: the gateway has a problem", false);
    return;
  }
  stamp = found.dataset.stamp;
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    if (next && next.innerHTML !== part.innerHTML) swap(part, document.importNode(next, true));
  }
  document.dispatchEvent(new Event("swapped"));
  document.getElementById("announcement").textContent = found.dataset.announcement;
}

// Puts a new part in the place of an old one, with its open details, typed texts and the focus.
function swap(old, part) {
  const before = new Map([...old.querySelectorAll("[id]")].map((each) => [each.id, each]));
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const selection = active?.selectionStart >= 0 && [active.selectionStart, active.selectionEnd];
  const around = active?.closest("[id]");
  const place = active && [around, ...around.querySelectorAll("*")].indexOf(active);
  old.replaceWith(part);
  for (const each of part.querySelectorAll("[id]")) {
    const known = before.get(each.id);
    if (known?.localName === "details") each.open = known.open;
    if (known?.localName === "textarea" && known.value !== known.defaultValue) each.value = known.value;
    const isField = each.matches("[data-path], li, tr");
    if (isField && known?.textContent !== each.textContent) each.classList.add("changed");
  }
  if (!active) return;
  const now = document.getElementById(around.id);
  const again = now && [now, ...now.querySelectorAll("*")][place];
  const isSame = again?.localName === active.localName;
  (isSame ? again : document.getElementById("main")).focus({ preventScroll: true });
  if (selection && isSame) again.setSelectionRange(...selection);
}

async function keepUp(latest) {
  if (busy) return;
  busy = true;
  try {
    // What changes meanwhile has another stamp than the page that was got.
    for (let tries = 0; latest() !== stamp && tries < 3; tries++) await refresh();
  } catch {
    say("not live: the gateway is not there", false);
  } finally {
    busy = false;
  }
}

// Without a session the gateway leads to the sign-in page; what was typed stays until a reload.
async function sayIfSignedOut() {
  const { type } = await fetch(location.href, { redirect: "manual" });
  if (type === "opaqueredirect") say("signed out: reload the page to sign in", false);
}

let events;

function listen() {
  events?.close();
  events = new EventSource(page.dataset.events);
  let latest = stamp;
  events.addEventListener("open", () => say("live", true));
  events.addEventListener("message", (event) => {
    latest = event.data;
    keepUp(() => latest);
  });
  events.addEventListener("error", ({ target }) => {
    const hasEnded = target.readyState === EventSource.CLOSED;
    say(hasEnded ? "not live" : "reconnecting", false);
    if (!hasEnded) return;
    setTimeout(() => target === events && listen(), RETRY_MILLISECONDS);
    sayIfSignedOut().catch(() => {});
  });
}

if (page) {
  listen();
  // A browser has few connections to a host: a tab that nobody sees keeps none.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) events.close();
    else listen();
  });
}
