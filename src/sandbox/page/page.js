// Where the page begins: both halves follow their stand-in, the clock shows the stand-ins' time.

import { demo, follow, tell } from "./api.js";
import { redraw, showChat, slackState, startChat } from "./chat.js";
import { $, el, sync } from "./dom.js";
import { startModal } from "./modal.js";
import { drawFaults, redrawSites, showSites, startSites } from "./sites.js";
import { now, when } from "./text.js";
import { language, speak, word } from "./words.js";

let lines = [];

function drawLog() {
  const failures = (slackState()?.failures || []).map((f) => (typeof f === "string" ? f : f.what));
  const all = [...failures, ...lines];
  $("log-box").hidden = all.length === 0;
  $("log-line").textContent = `${word("log")}: ${all.at(-1) || ""}`;
  sync($("log"), all.slice(-50).reverse().map((line, n) => ({ key: String(n), sign: line, make: () => el("li", null, line) })));
}

function drawClock() {
  $("clock").textContent = when(now() / 1000, "{date_short}, {time_secs}");
}

function drawAdvance() {
  const steps = [["hour", 3600], ["fourHours", 14400], ["day", 86400]];
  $("advance").setAttribute("aria-label", word("advance"));
  $("advance").replaceChildren(...steps.map(([name, seconds]) =>
    el("button", { type: "button", title: word("advance"), onclick: () => tell("demo/advance", { seconds }) }, word(name))));
}

function relabel() {
  speak($("lang").value);
  redraw();
  redrawSites();
  drawAdvance();
  drawLog();
  drawClock();
}

$("lang").value = language();
startChat();
startModal();
startSites();
$("lang").addEventListener("change", relabel);
relabel();
setInterval(drawClock, 1000);

follow("slack", (state) => { showChat(state); drawFaults(); drawLog(); }, (away) => {
  $("slack-away").hidden = !away;
  $("slack").classList.toggle("off", away && !slackState());
});
follow("sites", showSites, (away) => $("site-body").classList.toggle("off", away));
demo((state) => {
  $("advance").hidden = false;
  lines = state.log || [];
  drawLog();
});
