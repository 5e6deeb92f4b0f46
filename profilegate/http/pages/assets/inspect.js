// The inspector: connects fields that belong together, and keeps the page up to date.
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const WIDE = matchMedia("(min-width: 62rem)");
const RETRY_MILLISECONDS = 10_000;

// --- Connected fields ------------------------------------------------------------------------

function connected(path) {
  return [...document.querySelectorAll("[data-path]")].filter((each) => each.dataset.path === path);
}

// Shows which fields have the same path as an element in which the pointer or the focus is.
function connect(event) {
  const field = event.target.closest?.("[data-path]");
  for (const each of document.querySelectorAll(".linked, .lines .on")) {
    each.classList.remove("linked", "on");
  }
  if (!field) return;
  for (const each of connected(field.dataset.path)) each.classList.add("linked");
  for (const line of document.querySelectorAll(".lines path")) {
    line.classList.toggle("on", line.dataset.line === field.dataset.path);
  }
}

// Draws a line from each shared field to each of its counterparts, if they stand side by side.
function draw() {
  document.querySelector(".lines")?.remove();
  const map = document.querySelector(".map");
  if (!map || !WIDE.matches) return;
  const svg = document.createElementNS(SVG, "svg");
  svg.classList.add("lines");
  svg.setAttribute("aria-hidden", "true");
  const origin = map.getBoundingClientRect();
  for (const shared of map.querySelectorAll(".shared [data-path]")) {
    for (const other of connected(shared.dataset.path)) {
      if (other !== shared) svg.append(line(shared, other, origin));
    }
  }
  map.append(svg);
}

function line(shared, other, origin) {
  const [a, b] = [shared.getBoundingClientRect(), other.getBoundingClientRect()];
  const isLeft = b.left < a.left;
  const [inner, outer] = [shared, other].map((each) => each.closest(".card").getBoundingClientRect());
  const [x1, x2] = isLeft ? [inner.left, outer.right] : [inner.right, outer.left];
  const [y1, y2] = [a, b].map((each) => each.top + Math.min(each.height / 2, 14) - origin.top);
  const [from, to] = [x1 - origin.left, x2 - origin.left];
  const middle = (from + to) / 2;
  const path = document.createElementNS(SVG, "path");
  path.dataset.line = shared.dataset.path;
  path.classList.toggle("lost", other.querySelector(".badge.warn") !== null);
  path.setAttribute("d", `M${from} ${y1}C${middle} ${y1} ${middle} ${y2} ${to} ${y2}`);
  return path;
}

document.addEventListener("pointerover", connect);
document.addEventListener("focusin", connect);
document.addEventListener("toggle", draw, true);
addEventListener("resize", draw);
WIDE.addEventListener("change", draw);
draw();
document.getElementById("result")?.focus();

// --- A page that is up to date ---------------------------------------------------------------

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
  if (response.redirected) {
    location.reload();
    return;
  }
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const found = fresh.querySelector("[data-events]");
  if (!found) {
    say("not live: the profile is gone, or the gateway is not there", false);
    return;
  }
  stamp = found.dataset.stamp;
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    if (next && next.innerHTML !== part.innerHTML) swap(part, document.importNode(next, true));
  }
  draw();
  document.getElementById("announcement").textContent = found.dataset.announcement;
}

// Puts a new part in the place of an old one, with its open details, typed texts and the focus.
function swap(old, part) {
  const before = new Map([...old.querySelectorAll("[id]")].map((each) => [each.id, each]));
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const selection = active?.selectionStart === undefined ? null : [active.selectionStart, active.selectionEnd];
  const path = active?.closest("[data-path]")?.id;
  old.replaceWith(part);
  for (const each of part.querySelectorAll("[id]")) {
    const known = before.get(each.id);
    if (known?.localName === "details") each.open = known.open;
    if (known?.localName === "textarea" && known.value !== known.defaultValue) each.value = known.value;
    const isField = each.matches("[data-path], li, tr");
    if (isField && known?.textContent !== each.textContent) each.classList.add("changed");
  }
  if (!active) return;
  const again = document.getElementById(active.id) ?? document.getElementById(path)?.querySelector("a");
  (again ?? document.getElementById("main")).focus({ preventScroll: true });
  if (selection && again?.setSelectionRange) again.setSelectionRange(...selection);
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
    if (hasEnded) setTimeout(() => target === events && listen(), RETRY_MILLISECONDS);
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
