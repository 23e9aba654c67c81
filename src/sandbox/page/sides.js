// On a small display one half at a time, with a count of what waits in the other.

import { $ } from "./dom.js";

let turned = () => {};

export function turnTo(side) {
  document.body.classList.toggle("side-chat", side === "chat");
  document.body.classList.toggle("side-sites", side === "sites");
  for (const name of ["chat", "sites"]) $(`side-${name}`).setAttribute("aria-pressed", String(name === side));
  turned(side);
}

export function badge(side, n, label) {
  const pip = $(`side-${side}-new`);
  pip.hidden = n === 0;
  pip.textContent = n > 99 ? "99+" : String(n);
  pip.setAttribute("aria-label", label);
}

export function startSides(onTurn) {
  for (const name of ["chat", "sites"]) $(`side-${name}`).addEventListener("click", () => turnTo(name));
  turnTo("chat");
  turned = onTurn;
}
