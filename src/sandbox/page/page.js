// Where the page begins: both halves follow their stand-in, the line under them follows the demo.

import { demo } from "./api.js";
import { drawClock, learnClock, startClock } from "./clock.js";
import { $, options } from "./dom.js";
import { recall, remember } from "./memory.js";
import { meetRoles, startPeople } from "./people.js";
import { startSides } from "./sides.js";
import { arrive, followSites, lookAtSites, redrawSites, startSites } from "./sites.js";
import { changePerson, followSlack, lookAgain, preferLanguage, redraw, startSlack } from "./slack.js";
import { drawStory, learnStory, startStory } from "./story.js";
import { setNow } from "./text.js";
import { drawTrouble, learnFaults, startTrouble } from "./trouble.js";
import { drawWelcome, startWelcome } from "./welcome.js";
import { label, language, speak, word } from "./words.js";

const THEMES = ["auto", "light", "dark"];

function drawThemes() {
  options($("theme"), THEMES.map((name) => [name, word(name)]));
}

function chooseTheme() {
  const theme = $("theme").value;
  remember("theme", theme);
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function chooseLanguage() {
  speak($("lang").value);
  drawThemes();
  meetRoles(people);
  redraw();
  redrawSites();
  drawTrouble();
  drawClock();
  drawStory();
  drawWelcome();
  preferLanguage();
}

let people = [];

label();
$("lang").value = language();
drawThemes();
$("theme").value = THEMES.includes(recall("theme")) ? recall("theme") : "auto";
$("theme").addEventListener("change", chooseTheme);
$("lang").addEventListener("change", chooseLanguage);

startClock();
startPeople(changePerson);
startSlack();
startSites();
startTrouble();
startStory();
startWelcome();
startSides((side) => (side === "chat" ? lookAgain() : lookAtSites()));
drawTrouble();

let arrived = false;
followSlack(() => {
  drawTrouble();
  drawStory();
});
followSites(() => {
  drawTrouble();
  if (!arrived) arrive();
  arrived = true;
});
demo((state) => {
  if (state.now) setNow(state.now);
  people = state.people || [];
  meetRoles(people);
  learnClock(state);
  learnFaults(state.faults || null);
  learnStory(state);
});
