// Where not everything fits beside each other: on a small display one of three at a time, on a middling one a chat and the
// sites, with a count of what waits in the others.

import { $ } from "./dom.js";
import { recall, remember } from "./memory.js";

const SIDES = ["slack", "discord", "sites"];
const CHATS = ["slack", "discord"];

let turned = () => {};

export const isOnScreen = (side) => $(side === "sites" ? "sites" : `${side}-side`).offsetParent !== null;

export function turnTo(side) {
  document.body.dataset.side = side;
  if (CHATS.includes(side)) {
    document.body.dataset.chat = side;
    remember("chat", side);
  }
  for (const name of SIDES) $(`side-${name}`).setAttribute("aria-pressed", String(name === side));
  turned(side);
}

export function badge(side, n, label) {
  const pip = $(`side-${side}-new`);
  pip.hidden = n === 0;
  pip.textContent = n > 99 ? "99+" : String(n);
  pip.setAttribute("aria-label", label);
}

export function startSides(onTurn) {
  for (const name of SIDES) $(`side-${name}`).addEventListener("click", () => turnTo(name));
  const last = recall("chat");
  turnTo(CHATS.includes(last) ? last : "slack");
  turned = onTurn;
}
