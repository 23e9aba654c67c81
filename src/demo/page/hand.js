// The case that the person has in hand: from the first press on its card until the answer stands at the site. As long as
// that lasts, its card stays where it can be seen in both chats, and the demo's customers wait with the next reviews.

import { tell } from "./api.js";
import { $, el } from "./dom.js";
import { now } from "./text.js";
import { word } from "./words.js";

// Between two presses of a person, and as long as one looks at what came of them.
const PATIENCE = 12e3;

let item = null; // the number on its card
let last = 0; // when something was last done about it
let asked = 0; // when the customers were last told to wait
let quiet = true; // whether there is no demo that could be told
const free = new Set(); // lists in which the person has gone elsewhere by themselves
const reading = new Map(); // list → the private answer that is read in it, and until when
let sent = 0; // when something was last sent off, also without a card
const leaving = new Map(); // number → until when its answer can be taken back, by the demo's clock
const boxes = [];

export const inHand = () => item;
export const leavesAt = (number) => leaving.get(String(number));

const card = (box) => [...box.children].findLast((node) => node.dataset.item === item);

// Where the card stands in this list, if it is to stay there.
export function held(box) {
  return item !== null && box.clientHeight && !free.has(box) ? card(box) : undefined;
}

// As much of it as fits, moving as little as possible; its end counts, for that is where its buttons are.
export function bring(box, node = held(box)) {
  if (!node) return;
  // Below it there is room for what says that others have come, if there is any.
  const below = Math.max(8, Math.min(52, box.clientHeight - node.offsetHeight - 16));
  const [top, bottom] = [node.offsetTop - 8, node.offsetTop + node.offsetHeight + below];
  if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
  else if (top < box.scrollTop) box.scrollTop = Math.min(top, bottom - box.clientHeight);
}

export function take(number) {
  last = Date.now();
  if (number === null || number === undefined) return;
  item = String(number);
  free.clear();
  boxes.forEach((box) => bring(box));
  wait();
}

// What answers a press in the same list wants to be seen, too.
const letGo = (box) => free.add(box);

// A private answer to what somebody did is read where it stands: others wait, and what comes all the same comes below.
export function reads(box, key) {
  last = Date.now();
  reading.set(box, { key, until: last + PATIENCE });
  free.add(box);
  bring(box, answerIn(box));
  wait();
}

// The answer that is being read in this list.
export function answerIn(box) {
  const { key, until } = reading.get(box) ?? {};
  return Date.now() < until ? [...box.children].find((node) => node.dataset.key === key) : undefined;
}

// Somebody has pressed on, say in a private answer: what is at stake is still the same case.
export function goOn(box) {
  last = sent = Date.now();
  free.delete(box);
  bring(box);
}

// Answers that can still be taken back: [{item, until, url}]. Says whether anything about them is new.
export function learnLeaving(list, demo) {
  quiet = !demo;
  const before = new Map(leaving);
  leaving.clear();
  for (const one of list) leaving.set(String(one.item), Date.parse(one.until));
  if (leaving.has(item)) last = Date.now();
  // Sent by a command: nobody has pressed on its card.
  const other = item === null && Date.now() - sent < PATIENCE && [...leaving.keys()].find((number) => !before.has(number));
  if (other) take(other);
  return JSON.stringify([...leaving]) !== JSON.stringify([...before]);
}

const busy = () => document.querySelector("#modal[open], #discord-modal[open]") || leaving.has(item) || Date.now() - last < PATIENCE;

function wait() {
  if (quiet || Date.now() - asked < 4000) return;
  asked = Date.now();
  tell("demo/hold", { seconds: 10 });
}

function look() {
  if (busy()) wait();
  else item = null;
  for (const node of document.querySelectorAll(".leaving")) draw(node);
}

function draw(node) {
  const left = Math.ceil((Number(node.dataset.until) - now()) / 1000);
  node.hidden = left <= 0;
  const text = word("leavesIn", Math.max(0, left));
  if (node.textContent !== text) node.textContent = text;
}

// For the head of a card: how long its answer can still be taken back.
export function countdown(number) {
  const until = leavesAt(number);
  if (!until) return null;
  const node = el("span.leaving", { role: "timer", "aria-live": "off", "data-until": String(until) });
  draw(node);
  return node;
}

export function startHand() {
  for (const id of ["messages", "discord-messages"]) {
    const box = $(id);
    boxes.push(box);
    for (const kind of ["wheel", "touchmove"]) box.addEventListener(kind, () => letGo(box), { passive: true });
    box.addEventListener("pointerdown", (event) => event.target === box && letGo(box));
    box.addEventListener("keydown", (event) => {
      if (["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"].includes(event.key) && event.target === box) letGo(box);
    });
  }
  document.addEventListener("did", ({ detail }) => {
    if (detail === "submit") sent = Date.now();
  });
  setInterval(look, 250);
}
