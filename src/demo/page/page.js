// Where the page begins: both halves follow their stand-in, the line under them follows the demo.

import { follow, listen } from "./api.js";
import { changePersonInChats, followChats, lookAt, preferLanguageInChats, redrawChats, startChats } from "./chats.js";
import { drawClock, learnClock, startClock } from "./clock.js";
import { $, icon, options } from "./dom.js";
import { inHand, learnLeaving, startHand } from "./hand.js";
import { recall, remember } from "./memory.js";
import { meetRoles, startPeople } from "./people.js";
import { learnRooms } from "./rooms.js";
import { startSides } from "./sides.js";
import { arrive, expectAnswer, followSites, lookAtSites, redrawSites, startSites } from "./sites.js";
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
  redrawChats();
  redrawSites();
  drawTrouble();
  drawClock();
  drawStory();
  drawWelcome();
  preferLanguageInChats();
}

let people = [];

label();
$("lang").value = language();
drawThemes();
$("theme").value = THEMES.includes(recall("theme")) ? recall("theme") : "auto";
$("theme").addEventListener("change", chooseTheme);
$("lang").addEventListener("change", chooseLanguage);

// On a small display clock and settings stand behind one button.
$("tools").append(icon("menu"));
const openTools = (open) => {
  $("controls").classList.toggle("open", open);
  $("tools").setAttribute("aria-expanded", String(open));
};
$("tools").addEventListener("click", () => openTools(!$("controls").classList.contains("open")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !$("controls").classList.contains("open")) return;
  event.preventDefault();
  openTools(false);
  $("tools").focus();
});

startClock();
startHand();
startPeople(changePersonInChats);
startChats();
startSites();
startTrouble();
startStory();
startWelcome();
startSides((side) => (side === "sites" ? lookAtSites() : lookAt(side)));
drawTrouble();

let arrived = false;
followChats(() => {
  drawTrouble();
  drawStory();
});
followSites(() => {
  drawTrouble();
  if (!arrived) arrive();
  arrived = true;
});
follow("demo", (state) => {
  if (state.now) setNow(state.now);
  const known = people.length;
  people = state.people || [];
  meetRoles(people);
  const leaving = state.leaving || [];
  const news = learnLeaving(leaving, true);
  if (news) leaving.filter((one) => String(one.item) === inHand()).forEach((one) => expectAnswer(one.url));
  const rooms = learnRooms(state.rooms || []);
  // Who somebody is in the other chat is only known now.
  if (people.length !== known || news) redrawChats();
  if (rooms) preferLanguageInChats(true);
  learnClock(state);
  learnFaults(state.faults || null);
  learnStory(state);
}, () => {});
listen();
