// A list of messages as a person reads it: it follows the newest while they are at its end, keeps their place while they
// read further up, and sets off days and what came while they were away. The same in each chat.

import { el, point, sync } from "./dom.js";
import { answerIn, bring, held } from "./hand.js";
import { when } from "./text.js";
import { language, word } from "./words.js";

export const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 60;
export const seen = (box) => document.visibilityState === "visible" && box.offsetParent !== null;

// Until when a card is expected there, because the person wrote the review of it.
const awaited = new Map();
export const expect = (box) => awaited.set(box, Date.now() + 10e3);

// Who was at the end stays there when the list gets smaller, say because a form or a hint came up below it.
const ends = new Map();
const sizes = new ResizeObserver((seen) => {
  for (const { target } of seen) if (ends.get(target) && !target.dataset.still) target.scrollTop = target.scrollHeight;
});
export function watch(box) {
  // One that is not on the screen has no end.
  box.addEventListener("scroll", () => box.clientHeight && ends.set(box, atEnd(box)), { passive: true });
  sizes.observe(box);
}

// Follows the newest only while the person is there, and not while they aim at a button or hold a menu open.
export function fill(box, view, wanted) {
  const other = box.dataset.view !== view;
  if (other) box.replaceChildren();
  const before = box.lastElementChild?.dataset.key;
  const down = other || (box.clientHeight ? atEnd(box) : ends.get(box));
  const hand = other ? undefined : held(box);
  const stood = hand && hand.offsetTop - box.scrollTop;
  box.dataset.view = view;
  delete box.dataset.still;
  sync(box, wanted);
  // The case in hand stays where it stands, whatever comes above or below it.
  const stands = hand && held(box);
  if (stands) {
    box.scrollTop = stands.offsetTop - stood;
    bring(box, stands);
    ends.set(box, atEnd(box));
    return;
  }
  if (!other && answerIn(box)) {
    if (down) bring(box, answerIn(box));
    ends.set(box, false);
    return;
  }
  const grown = box.lastElementChild?.dataset.key !== before;
  if (grown && Date.now() < (awaited.get(box) ?? 0)) {
    awaited.delete(box);
    point(box.lastElementChild, "end");
    return;
  }
  if (!down || (grown && !other && box.querySelector(".actions:hover, .menu:not([hidden])"))) return;
  const fresh = other && box.querySelector(".line");
  box.scrollTop = fresh ? Math.max(0, fresh.offsetTop - 40) : box.scrollHeight;
  ends.set(box, !fresh);
}

// Something that is read from its beginning, and stays where one is in it.
export function hold(box, view, wanted) {
  const other = box.dataset.view !== view;
  if (other) box.replaceChildren();
  box.dataset.view = view;
  box.dataset.still = "true";
  sync(box, wanted);
  if (other) box.scrollTop = 0;
}

// Days are set off by a line, and so is what came after `line` (seconds; 0 for nothing).
export function withLines(list, line) {
  let last = null;
  let told = !line;
  return list.flatMap((entry) => {
    const at = Number(entry.at);
    const [day, name] = [when(at, "{date_num}"), when(at, "{date_long_pretty}")];
    const before = [];
    if (day !== last) before.push({ key: `day-${day}`, sign: name, make: () => el("p.day", null, el("span", null, name)) });
    if (!told && last && at > line) before.push({ key: "line", sign: language(), make: () => el("p.day.line", null, el("span", null, word("newHere"))) });
    told ||= at > line;
    last = day;
    return [...before, entry];
  });
}

// The field at the bottom: Enter sends, Shift and Enter breaks the line.
export function sends(form, box, send) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

// A message or a private sentence is a room's entry; `n` of them are new.
export const pip = (n) => n > 0 && el("span.pip", null, el("span", { "aria-hidden": "true" }, n > 99 ? "99+" : String(n)), el("span.sr", null, word("unread", n)));
