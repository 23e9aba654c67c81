// Discord as a member of the team sees it: this module follows its stand-in and is all that the page knows of it.
// Channels, unread marks, messages, threads, private answers, forms, commands.

import { follow, tell } from "./api.js";
import { showForm, startForm } from "./discord-form.js";
import { bubble, headline, itemOf, numberOf, secondsOf } from "./discord-message.js";
import { learn } from "./discord-text.js";
import { $, adrift, announce, el, icon, point, sync } from "./dom.js";
import { goOn, leavesAt, reads, take } from "./hand.js";
import { atEnd, expect, fill, pip, seen, sends, watch, withLines } from "./log.js";
import { markOf, read } from "./marks.js";
import { recall, remember } from "./memory.js";
import { me as self } from "./people.js";
import { speaks } from "./rooms.js";
import { badge } from "./sides.js";
import { slash } from "./slash.js";
import { when } from "./text.js";
import { language, word } from "./words.js";

let state = null;
let room = recall("discord-room");
let open = null; // the message whose thread is open
let since = 0; // what was read when the person came into the channel; 0 is their first visit
let line = 0; // where "new" begins, if anything came while they were away
let press = null; // where the person pressed last
let heard = null; // the newest private answer that was spoken of
const typing = slash({
  box: "discord-say", list: "discord-offers",
  // Before the first look at the server there is no room to ask for.
  suggest: async (text, option, typed) => room && (await tell("discord/autocomplete", { user: me(), channel: room, text, option, typed }))?.choices || [],
});
const dismissed = new Set(); // private answers that the person has put away; only their own client knows

export const discordState = () => state;
export const currentChannel = () => rooms().find((r) => r.id === room);

const me = () => self("discord");
const rooms = () => (state && me() ? [...state.channels, ...state.dms.filter((d) => d.with === me())] : []);
const mine = (m) => !m.deleted && (!m.only_for || m.only_for === me()) && !dismissed.has(m.id);
const inside = (r) => r.messages.filter(mine);
const replies = (m) => (m.thread?.messages || []).filter(mine);
const titleOf = (r) => (r.with ? "zeitnah" : r.name);

export function followDiscord(changed) {
  follow("discord", (next) => {
    state = next;
    learn(state);
    typing.learn(state.commands);
    redrawDiscord();
    changed();
  }, (away) => {
    $("discord-away").hidden = !away;
    // Stand-ins without a demo behind them have no Discord among them.
    $("discord-side").hidden = $("side-discord").hidden = away && !state;
  });
}

export function redrawDiscord() {
  const all = rooms();
  if (!all.length) return;
  if (!all.some((r) => r.id === room)) enterQuietly((all.find(inLanguage) || all[0]).id);
  drawMessages();
  drawThread();
  drawRooms();
  speakOf();
  showForm(state.modals[me()] ?? null, me(), comeBack);
}

const latest = (r) => Math.max(0, ...inside(r).flatMap((m) => [m, ...replies(m)]).map(secondsOf));
const myRoles = () => state.users.find((u) => u.id === me())?.roles || [];
const calls = (m) => (m.pings || []).some((p) => ["everyone", "here"].includes(p.kind) || p.id === me() || (p.kind === "role" && myRoles().includes(p.id)));
const fresh = (mark) => (m) => secondsOf(m) > mark && m.author !== me();

// New to the person: what stands in the channel, and what calls them in a thread.
function unread(r) {
  const isFresh = fresh(markOf(r.id));
  return inside(r).filter(isFresh).length + inside(r).flatMap(replies).filter((m) => isFresh(m) && calls(m)).length;
}

function drawRooms() {
  const entry = (r) => {
    const n = unread(r);
    return {
      key: r.id,
      sign: JSON.stringify([r.name, n, r.id === room, language()]),
      make: () => el(n ? "button.unread" : "button", { type: "button", "aria-current": r.id === room ? "true" : null, "data-focus": r.id, "data-room": r.id, onclick: () => enter(r.id) },
        el("span.name", null, el("span.hash", { "aria-hidden": "true" }, r.with ? "@" : "#"), titleOf(r)), pip(n)),
    };
  };
  const dms = rooms().filter((r) => r.with);
  const head = (key) => ({ key, sign: language(), make: () => el("h3", null, word(key)) });
  sync($("discord-rooms"), [head("channels"), ...rooms().filter((r) => !r.with).map(entry), ...(dms.length ? [head("direct"), ...dms.map(entry)] : [])]);
  const total = rooms().reduce((sum, r) => sum + unread(r), 0);
  badge("discord", total, word("unread", total));
}

function enterQuietly(id) {
  room = id;
  open = null;
  since = markOf(id);
  const r = currentChannel();
  line = r && unread(r) ? since : 0;
}

function enter(id) {
  enterQuietly(id);
  remember("discord-room", id);
  redrawDiscord();
  $("discord-rooms").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

const find = (id) => rooms().flatMap((r) => r.messages.flatMap((m) => [m, ...(m.thread?.messages || [])])).find((m) => m.id === id && !m.deleted);

function handlers(box, place) {
  const pressed = (id) => {
    press = { at: Date.now(), box, id, focus: document.activeElement?.dataset?.focus };
    const message = find(id);
    const item = message && !message.only_for && itemOf(message);
    if (item) take(item);
    else goOn($("discord-messages"));
  };
  const there = (message) => ({ user: me(), channel: place(), message });
  return {
    find, calls,
    act: (id) => ({
      press: (custom_id) => (pressed(id), tell("discord/press", { ...there(id), custom_id })),
      choose: (custom_id, values) => (pressed(id), tell("discord/choose", { ...there(id), custom_id, values })),
    }),
    dismiss: (id) => {
      dismissed.add(id);
      redrawDiscord();
      $(box).focus({ preventScroll: true });
    },
  };
}

const inRoom = { ...handlers("discord-messages", () => room), thread: enterThread, remove: (message) => tell("discord/delete", { channel: room, message }) };
const inThread = handlers("discord-replies", () => open);

// After a form the focus goes back to the button that opened it, or to what became of it.
function comeBack() {
  if (!press || !adrift()) return;
  const card = [...$(press.box).children].find((node) => node.dataset.id === press.id);
  const all = card ? [...card.querySelectorAll("[data-focus]")] : [];
  (all.find((n) => n.dataset.focus === press.focus) || all[0] || card || $("discord-messages")).focus({ preventScroll: true });
}

const sign = (m, more) => JSON.stringify([m, me(), language(), when(secondsOf(m), "{date_pretty}"), leavesAt(itemOf(m)), more]);
const entry = (m, on, more) => ({ key: m.id, at: secondsOf(m), sign: sign(m, more), make: () => bubble(m, on, more) });

function drawMessages() {
  const r = currentChannel();
  $("discord-name").replaceChildren(...(r ? [el("span.hash", { "aria-hidden": "true" }, r.with ? "@" : "#"), titleOf(r)] : []));
  if (!r) return;
  const newInside = (m) => since > 0 && replies(m).some(fresh(Math.max(markOf(m.id), since)));
  const all = withLines(inside(r).map((m) => entry(m, inRoom, newInside(m))), line);
  const none = { key: "none", sign: language(), make: () => el("p.empty", null, word("noMessages")) };
  fill($("discord-messages"), `${me()}/${room}`, all.length ? all : [none]);
  showOwn(inside(r).filter((m) => m.only_for));
  look();
}

// A private answer to one's own press is shown, wherever one was reading.
let shownOwn = 0;
function showOwn(own) {
  const newest = own.length ? secondsOf(own.at(-1)) : 0;
  if (newest > shownOwn && shownOwn && press && Date.now() - press.at < 8000) {
    reads($("discord-messages"), own.at(-1).id);
  }
  shownOwn = Math.max(shownOwn, newest, 1);
}

// What is on the screen is read; what came below it is offered.
function look() {
  const r = currentChannel();
  const box = $("discord-messages");
  if (!r) return;
  const entered = box.dataset.entered !== `${me()}/${room}`;
  if (seen(box) && (atEnd(box) || entered)) {
    box.dataset.entered = `${me()}/${room}`;
    const to = latest(r);
    if (read(r.id, to)) drawRooms();
    since ||= to;
  }
  const n = unread(r);
  if (n > 0 && !line && markOf(r.id)) {
    line = markOf(r.id);
    drawMessages();
  }
  const offered = n > 0 && !atEnd(box);
  $("discord-newer").hidden = !offered;
  if (offered) $("discord-newer").replaceChildren(icon("down"), word("unread", n));
}

function drawThread() {
  const first = currentChannel()?.messages.find((m) => m.id === open && m.thread);
  $("discord-thread").hidden = !first;
  $("discord").classList.toggle("with-thread", Boolean(first));
  if (!first) return;
  const thread = first.thread;
  $("discord-thread-name").replaceChildren(icon(thread.locked ? "lock" : "thread"), ` ${thread.name}`);
  fill($("discord-replies"), `${me()}/${open}`, [entry({ ...first, thread: null }, inRoom), ...replies(first).filter((m) => m.type !== 21).map((m) => entry(m, inThread))]);
  $("discord-thread-state").hidden = !thread.archived && !thread.locked;
  $("discord-thread-state").textContent = word(thread.locked ? "threadLocked" : "threadAsleep");
  $("discord-reply").hidden = thread.locked;
  if (seen($("discord-replies"))) read(open, Math.max(0, ...replies(first).map(secondsOf)));
}

function enterThread(id) {
  open = id;
  drawThread();
  drawMessages();
  $("discord-reply-text").focus();
}

function leaveThread() {
  const card = [...$("discord-messages").children].find((node) => node.dataset.id === open);
  open = null;
  drawThread();
  (card?.querySelector("[data-focus=thread]") || $("discord-messages")).focus();
}

// New cards are spoken of by the other chat, which shows the same ones; private answers are this chat's own.
function speakOf() {
  const note = currentChannel() && inside(currentChannel()).findLast((m) => m.only_for && !m.loading);
  if (note && heard?.me === me() && heard.id !== note.id) announce(`${word("onlyYou")}: ${headline(note, 400)}`);
  heard = { me: me(), id: note?.id };
}

// Brings the card of an item up, in this channel or in the next that has it.
export function showItemInDiscord(item) {
  const has = (r) => inside(r).findLast((m) => itemOf(m) === String(item));
  const found = [currentChannel(), ...rooms()].find((r) => r && has(r));
  if (!found) return false;
  if (open) leaveThread();
  if (found.id !== room) enter(found.id);
  const node = [...$("discord-messages").children].find((n) => n.dataset.id === has(found).id);
  if (node) point(node);
  return true;
}

// Whether the cards of a channel are written in the page's language.
const WORDS = { Nr: "de", No: "en" };
const inLanguage = (r) => (speaks(r.id) ?? WORDS[r.messages.map(numberOf).find(Boolean)?.[0]]) === language();

// Whoever switches the language finds the channel that is written in it.
// At first (`chosen`), only where nobody has chosen a room yet.
export function preferLanguageInDiscord(chosen = false) {
  if (chosen && recall("discord-room")) return;
  const now = currentChannel();
  const found = now && !inLanguage(now) && rooms().find(inLanguage);
  if (!found) return;
  if (!chosen) return enter(found.id);
  enterQuietly(found.id);
  redrawDiscord();
}

async function speakUp() {
  const text = typing.whole($("discord-say").value.trim());
  if (!text) return;
  press = { at: Date.now(), box: "discord-messages" };
  typing.shut();
  const answer = await tell(text.startsWith("/") ? "discord/command" : "discord/say", { user: me(), channel: room, text });
  if (answer && answer.ok !== false) $("discord-say").value = "";
}

async function speakInThread() {
  const text = typing.whole($("discord-reply-text").value.trim());
  if (!text) return;
  const answer = await tell(text.startsWith("/") ? "discord/command" : "discord/say", { user: me(), channel: open, text });
  if (answer && answer.ok !== false) $("discord-reply-text").value = "";
}

export function startDiscord() {
  startForm();
  typing.start();
  sends($("discord-compose"), $("discord-say"), speakUp);
  sends($("discord-reply"), $("discord-reply-text"), speakInThread);
  $("discord-thread-close").append(icon("close"));
  $("discord-thread-close").addEventListener("click", leaveThread);
  $("discord-thread").addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) leaveThread();
  });
  watch($("discord-messages"));
  watch($("discord-replies"));
  $("discord-messages").addEventListener("scroll", look, { passive: true });
  $("discord-newer").addEventListener("click", () => {
    $("discord-messages").scrollTop = $("discord-messages").scrollHeight;
    $("discord-messages").focus({ preventScroll: true });
  });
  document.addEventListener("did", ({ detail }) => {
    if (detail === "write") expect($("discord-messages"));
  });
  document.addEventListener("visibilitychange", () => {
    if (!state || document.visibilityState !== "visible") return;
    const r = currentChannel();
    if (r && unread(r)) line = markOf(r.id);
    redrawDiscord();
  });
}

// Another person sits down: their channels, their marks, their forms.
export function changePersonInDiscord() {
  if (!state) return;
  enterQuietly(room);
  heard = null;
  shownOwn = 0;
  redrawDiscord();
}

// Discord came to the screen on a small display.
export function lookAgainInDiscord() {
  if (state && me()) look();
}
