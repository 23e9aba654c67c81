// One calm strip on the first visit: what this is, and three things to try that tick themselves off.

import { $, el, icon, sync } from "./dom.js";
import { recall, remember } from "./memory.js";
import { showAnswerable } from "./slack.js";
import { showTrouble } from "./trouble.js";
import { language, word } from "./words.js";
import { openWrite } from "./write.js";

const TRIES = [["answer", "tryAnswer", showAnswerable], ["write", "tryWrite", openWrite], ["break", "tryBreak", showTrouble]];

const tried = new Set((recall("tried") || "").split(" "));
// An answer counts when somebody sent one here; the site may show others.
let sent = false;

export function drawWelcome() {
  sync($("tries"), TRIES.map(([name, label, go], n) => ({
    key: name,
    sign: `${tried.has(name)}${language()}`,
    make: () => el(tried.has(name) ? "li.done" : "li", null,
      el("button", { type: "button", "data-try": name, "data-focus": name, onclick: go },
        el("span.number", { "aria-hidden": "true" }, tried.has(name) ? icon("check") : String(n + 1)), word(label),
        tried.has(name) && el("span.sr", null, ` (${word("done")})`))),
  })));
}

function show(open) {
  $("welcome").hidden = !open;
  $("help").setAttribute("aria-expanded", String(open));
  remember("welcome", open ? "open" : "closed");
}

export function startWelcome() {
  $("welcome-close").append(icon("close"));
  $("welcome-close").addEventListener("click", () => {
    show(false);
    $("help").focus();
  });
  $("help").addEventListener("click", () => show($("welcome").hidden));
  document.addEventListener("did", ({ detail }) => {
    if (detail === "submit") sent = true;
    if (detail === "answer" && !sent) return;
    if (!TRIES.some(([name]) => name === detail) || tried.has(detail)) return;
    tried.add(detail);
    remember("tried", [...tried].join(" ").trim());
    drawWelcome();
  });
  show(recall("welcome") !== "closed");
  drawWelcome();
}
