// The inspector: connects fields that belong together.
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const WIDE = matchMedia("(min-width: 62rem)");

// --- Connected fields ------------------------------------------------------------------------

let pointed = null;

function connected(path) {
  return [...document.querySelectorAll("[data-path]")].filter((each) => each.dataset.path === path);
}

// Shows which fields have the same path as the one under the pointer or, without one, in focus.
function connect() {
  const field = pointed ?? document.activeElement?.closest("[data-path]");
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

document.addEventListener("pointerover", (event) => {
  pointed = event.target.closest("[data-path]");
  connect();
});
document.addEventListener("focusin", connect);
document.addEventListener("toggle", draw, true);
addEventListener("resize", draw);
document.addEventListener("swapped", draw);
WIDE.addEventListener("change", draw);
draw();
document.getElementById("result")?.focus();
