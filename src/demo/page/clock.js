// The stand-ins' time, and the buttons that move it.

import { tell } from "./api.js";
import { $, el, sync } from "./dom.js";
import { now, when } from "./text.js";
import { language, word } from "./words.js";

let next;

export function learnClock(state) {
  next = state.next;
  $("advance").hidden = false;
  drawClock();
}

export function drawClock() {
  const [day, time] = [when(now() / 1000, "{date_clock}"), when(now() / 1000, "{time}")];
  if ($("clock").dataset.sign !== day + time) {
    $("clock").dataset.sign = day + time;
    $("clock").replaceChildren(el("span", null, day), " ", el("span", null, time));
  }
  const button = (key, label, what, more) => ({
    key, sign: JSON.stringify([label, more]),
    make: () => el("button", { type: "button", "data-focus": key, "data-advance": key, ...more, onclick: () => tell("demo/advance", what) }, label),
  });
  const at = next && word("nextAt", when(Date.parse(next.at) / 1000, "{date_short_pretty} {time}"), next.item);
  sync($("advance"), [
    button("hour", word("hour"), { seconds: 3600 }, { "aria-label": `${word("advance")}: ${word("hour")}` }),
    button("day", word("day"), { seconds: 86400 }, { "aria-label": `${word("advance")}: ${word("day")}` }),
    button("next", word("nextDeadline"), { to: "next_deadline" }, { title: at || word("noDeadline"), "aria-disabled": next ? null : "true", lang: language() }),
  ]);
}

export function startClock() {
  drawClock();
  setInterval(drawClock, 1000);
}
