// The line under the page: what just happened inside, in one sentence, and how the bot is.

import { failures, showCard } from "./chats.js";
import { $, announce, el, sync } from "./dom.js";
import { inHand } from "./hand.js";
import { when } from "./text.js";
import { language, word } from "./words.js";

let lines = [];
let bot = null;
let told = null;
let kept = { line: null, own: false, since: 0, again: null };

// Customers write all the time; what was won or lost inside stays long enough to be read.
const READ = 10e3;

export function learnStory(state) {
  lines = state.lines || [];
  bot = state.bot;
  drawStory();
}

// Without a demo the chats still know what went wrong in front of people.
const all = () => (lines.length ? lines : failures().map((f, n) => ({ n, at: f.at, tone: "warn", de: f.what, en: f.what })));

function newest(list) {
  const last = list.at(-1);
  const weighs = (l) => l.tone === "good" || l.tone === "warn";
  const now = Date.now();
  // What comes of the case in hand is what one waits for: nothing else takes its place while it is read, also when
  // it has left the list or the hand meanwhile, and it is not passed over when others come with it.
  const mine = list.findLast((l) => weighs(l) && inHand() !== null && String(l.item) === inHand());
  const reading = kept.own && now < kept.since + READ ? kept.line : null;
  const fresh = mine && mine.n > (kept.line?.n ?? -1) ? mine : null;
  const weighty = reading ?? fresh ?? list.findLast(weighs);
  if (!weighty) return last;
  // What lay there before the page was opened is not news.
  if (kept.line?.n !== weighty.n) kept = { ...kept, line: weighty, own: weighty === mine, since: told === null ? 0 : now };
  const left = kept.since + READ - now;
  if (weighty === last || left <= 0) return last;
  clearTimeout(kept.again);
  kept.again = setTimeout(drawStory, left + 50);
  return weighty;
}

export function drawStory() {
  const list = all();
  const last = newest(list);
  const box = $("line");
  const sign = JSON.stringify([last?.n, last?.at, language()]);
  if (box.dataset.sign !== sign) {
    box.dataset.sign = sign;
    box.className = `line ${last?.tone || "plain"}`;
    box.replaceChildren(...(last ? sentence(last) : [el("span.hint", null, word("calmLine"))]));
    if (told !== null && last && last.tone !== "plain" && told !== last.n) announce(last[language()]);
    told = last?.n ?? 0;
  }
  $("log-open").hidden = list.length === 0;
  $("bot").hidden = !bot;
  if (bot) {
    $("bot").className = `bot ${bot}`;
    $("bot").textContent = word(`bot_${bot}`);
  }
  if (!$("log").hidden) drawLog(list);
}

function sentence(l) {
  return [
    el("time", { datetime: l.at }, when(Date.parse(l.at) / 1000, "{time}")), " ",
    // The number stands in the button already.
    el("span.say", { "data-line": String(l.n) }, l[language()].replace(new RegExp(`\\s*\\((?:Nr|no)\\. ${Number(l.item)}\\)$`), "")), " ",
    l.item ? el("button.nr", { type: "button", "data-focus": `nr-${l.n}`, "aria-label": word("gotoCard", l.item), title: word("gotoCard", l.item), onclick: () => showCard(l.item) }, `${language() === "de" ? "Nr." : "No."} ${l.item}`) : "",
  ];
}

function drawLog(list) {
  const latest = [...list].reverse().slice(0, 100);
  sync($("log"), latest.map((l) => ({ key: String(l.n), sign: language() + l.at, make: () => el(`li.line.${l.tone || "plain"}`, null, sentence(l)) })));
}

export function startStory() {
  const toggle = (open) => {
    $("log").hidden = !open;
    $("log-open").setAttribute("aria-expanded", String(open));
    if (open) drawLog(all());
  };
  $("log-open").addEventListener("click", () => toggle($("log").hidden));
  $("log").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    toggle(false);
    $("log-open").focus();
  });
}
