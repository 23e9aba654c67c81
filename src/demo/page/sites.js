// The right half: the review sites as customers see them.

import { follow } from "./api.js";
import { $, announce, did, el, mark, options, point, sync } from "./dom.js";
import { review } from "./review.js";
import { badge, turnTo } from "./sides.js";
import { setNow, when } from "./text.js";
import { language, locale, word } from "./words.js";
import { drawWrite, startWrite } from "./write.js";

let state = null;
let site = null;
let editing = null;
let moved = 0; // when the pointer last moved here; one that only rests, say where "Send" was, keeps nothing away
let replies = null; // what was answered when the page last looked
const expected = new Set(); // what somebody here has answered, before it stands
const fresh = new Map(); // by site: answers that nobody has looked at yet

export const siteFaults = () => state?.faults || [];

const names = () => state.sites.map((s) => s.word);
const known = (name) => Boolean(state?.sites.some((s) => s.word === name));
const siteOf = (name) => state.sites.find((s) => s.word === name);
const itemsOf = (name) => siteOf(name).places.flatMap((p) => p.items.map((item) => ({ ...item, place: p.name, placeId: p.id })));
const freshOf = (name) => fresh.get(name) ?? fresh.set(name, new Set()).get(name);
export const siteNames = () => (state?.sites || []).map((s) => [s.word, s.name]);

export function followSites(changed) {
  follow("sites", (next) => {
    state = next;
    if (!known(site)) site = names()[0];
    if (state.now) setNow(state.now);
    const news = newAnswers();
    redrawSites();
    news.forEach(show);
    changed();
  }, (away) => $("site-body").classList.toggle("off", away));
}

// What was answered since the page last looked.
function newAnswers() {
  const now = new Map(names().flatMap((name) => itemsOf(name).filter((i) => i.reply).map((i) => [`${name}/${i.id}`, i.reply.text])));
  const before = replies;
  replies = now;
  if (!before) return [];
  return [...now].filter(([key, text]) => before.get(key) !== text).map(([key]) => key);
}

// An answer comes to the screen by itself, unless somebody is busy in this half.
function show(key) {
  did("answer");
  const [name, id] = [key.slice(0, key.indexOf("/")), key.slice(key.indexOf("/") + 1)];
  const half = $("sites");
  const there = half.offsetParent !== null && document.visibilityState === "visible";
  const busy = !expected.delete(key) && (half.contains(document.activeElement) || Date.now() - moved < 4000 || editing || $("write-box").open);
  freshOf(name).add(id);
  const item = itemsOf(name).find((i) => i.id === id);
  announce(`${word("newAnswers", 1)}: ${item.author}`);
  if (there && !busy) showReview(name, id);
  else drawNews();
}

const has = (name, id) => known(name) && itemsOf(name).some((i) => i.id === id);

// Also where a card's "open at the source" leads.
export function showReview(name, id) {
  if (!has(name, id)) return false;
  if (site !== name) turn(name);
  if ($("filter").value && itemsOf(name).find((i) => i.id === id).placeId !== $("filter").value) {
    $("filter").value = "";
    redrawSites();
  }
  const node = [...$("items").children].find((n) => n.dataset.id === id);
  if (node) reveal(node);
  return Boolean(node);
}

// All of it where it fits, else all of its answer. At once: others write meanwhile, and each of them would end a slow glide.
function reveal(node) {
  const box = $("items");
  const part = node.offsetHeight + 16 < box.clientHeight ? node : (node.querySelector(".answer") ?? node);
  const [top, height] = [part.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop, part.offsetHeight];
  box.scrollTop = height < box.clientHeight ? top - (box.clientHeight - height) / 2 : top - 8;
  mark(node);
}

// Where an answer that was just sent will stand is shown before it comes.
export function expectAnswer(url) {
  const hit = url && ADDRESS.exec(new URL(url, location.href).hash);
  if (!hit || !has(hit[1], decodeURIComponent(hit[2]))) return;
  expected.add(`${hit[1]}/${decodeURIComponent(hit[2])}`);
  if (!editing && $("sites").offsetParent !== null) showReview(hit[1], decodeURIComponent(hit[2]));
}

export function redrawSites() {
  if (!state) return;
  drawTabs();
  $("site-body").setAttribute("aria-labelledby", `tab-${site}`);
  const { places, kinds } = siteOf(site);
  const named = places.map((p) => [p.id, p.name]);
  options($("filter"), [["", word("allPlaces")], ...named]);
  drawWrite({ site, kinds, places: named, chosen: $("filter").value });
  drawItems();
  drawNews();
}

// Initials for each; only the one that is open has room for its name.
function drawTabs() {
  sync($("tabs"), state.sites.map((s) => ({
    key: s.word,
    sign: `${s.name} ${s.word === site}`,
    make: () => el(s.word === site ? "button.open" : "button", { role: "tab", type: "button", id: `tab-${s.word}`, title: s.name, "aria-controls": "site-body", "aria-selected": String(s.word === site), tabIndex: s.word === site ? 0 : -1, onclick: () => turn(s.word) },
      el("span.initials", { "aria-hidden": "true" }, s.mark), el("span.name", null, s.name), " ", el("span.pip", { hidden: true })),
  })));
}

function drawItems() {
  const all = itemsOf(site).filter((i) => !$("filter").value || i.placeId === $("filter").value);
  all.sort((a, b) => b.created.localeCompare(a.created) || b.id.localeCompare(a.id));
  const editor = { open: editing, set };
  const entries = all.map((item) => ({
    key: `${site}-${item.id}`,
    sign: JSON.stringify([item, language(), when(Date.parse(item.created) / 1000, "{date_pretty}"), item.reply && when(Date.parse(item.reply.updated || item.reply.published) / 1000, "{date_pretty}"), editing === item.id]),
    make: () => review(site, item, editor, siteOf(site).judges),
  }));
  const none = { key: "none", sign: language(), make: () => el("p.empty", null, word("empty")) };
  // Whoever reads further down keeps their place while others write above.
  const box = $("items");
  const anchor = box.scrollTop > 40 ? [...box.children].find((n) => n.offsetTop + n.offsetHeight > box.scrollTop + box.offsetTop) : null;
  const from = anchor?.offsetTop;
  sync(box, entries.length ? entries : [none]);
  if (anchor?.isConnected) box.scrollTop += anchor.offsetTop - from;
  drawAverage(all.filter((i) => !i.removed));
}

function set(id) {
  const was = editing;
  editing = id;
  drawItems();
  if (!id) [...$("items").children].find((n) => n.dataset.id === was)?.querySelector("[data-focus=edit]")?.focus();
}

function drawAverage(all) {
  const rated = all.filter((i) => i.stars);
  const mean = rated.length ? rated.reduce((sum, i) => sum + i.stars, 0) / rated.length : null;
  const text = mean === null ? "–" : new Intl.NumberFormat(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(mean);
  $("average").replaceChildren(el("span.rating", { "aria-hidden": "true" }, "★"), ` ${word("average", text, all.length, all.filter((i) => i.reply && (!i.reply.state || i.reply.state === "APPROVED")).length)}`);
}

// Answers that nobody has looked at yet: a count on the tab, and on the half where only one fits.
function drawNews() {
  const here = $("sites").offsetParent !== null && document.visibilityState === "visible";
  if (here) freshOf(site).clear();
  for (const name of names()) {
    const pip = $(`tab-${name}`).querySelector(".pip");
    const n = freshOf(name).size;
    pip.hidden = n === 0;
    pip.textContent = String(n);
    pip.setAttribute("aria-label", word("newAnswers", n));
  }
  const all = names().reduce((sum, name) => sum + freshOf(name).size, 0);
  badge("sites", all, word("newAnswers", all));
}

function turn(name) {
  site = name;
  editing = null;
  $("filter").value = "";
  $("items").replaceChildren();
  $("items").scrollTop = 0;
  redrawSites();
}

// The half came to the screen on a small display: what is new in it is shown.
export function lookAtSites() {
  if (!state) return;
  const name = freshOf(site).size ? site : names().find((s) => freshOf(s).size);
  const id = name && [...freshOf(name)].at(-1);
  if (id) showReview(name, id);
  drawNews();
}

// Addresses like #google/ID are the sites' own, as the bot links to them.
const ADDRESS = /^#([a-z]+)\/(.+)$/;

function goToAddress() {
  const hit = ADDRESS.exec(location.hash);
  if (!hit) return;
  turnTo("sites");
  if (showReview(hit[1], decodeURIComponent(hit[2]))) history.replaceState(null, "", location.pathname);
}

export function startSites() {
  $("tabs").addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const all = names();
    turn(all[(all.indexOf(site) + step + all.length) % all.length]);
    $(`tab-${site}`).focus();
  });
  $("filter").addEventListener("change", redrawSites);
  startWrite((id) => {
    const node = [...$("items").children].find((n) => n.dataset.id === id);
    $("items").scrollTop = 0;
    if (node) point(node);
  });
  for (const kind of ["pointermove", "wheel", "touchmove"]) $("sites").addEventListener(kind, () => (moved = Date.now()), { passive: true });
  window.addEventListener("hashchange", goToAddress);
  document.addEventListener("click", (event) => {
    const hit = ADDRESS.exec(event.target.closest?.("a[href]")?.hash || "");
    if (!hit || !has(hit[1], decodeURIComponent(hit[2]))) return;
    event.preventDefault();
    turnTo("sites");
    showReview(hit[1], decodeURIComponent(hit[2]));
  });
}

export const arrive = goToAddress;
