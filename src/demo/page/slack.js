// Slack as a member of the team sees it: this module follows its stand-in and is all that the page knows of it.
// Channels, unread marks, messages, threads, private sentences, forms.

import { follow, tell } from "./api.js";
import { $, adrift, announce, el, icon, point, sync, toast } from "./dom.js";
import { goOn, leavesAt, reads, take } from "./hand.js";
import { meet } from "./inputs.js";
import { atEnd, expect, fill, hold, pip, seen, sends, watch, withLines } from "./log.js";
import { markOf, read } from "./marks.js";
import { recall, remember } from "./memory.js";
import { bubble, headline, itemOf, numberOf, whisper } from "./message.js";
import { render } from "./blocks.js";
import { showViews, startModal } from "./modal.js";
import { me, meetUsers } from "./people.js";
import { speaks } from "./rooms.js";
import { badge, turnTo } from "./sides.js";
import { slash } from "./slash.js";
import { learn, setNow, when } from "./text.js";
import { language, word } from "./words.js";

let state = null;
let room = recall("room");
let open = null; // ts of the thread's first message
let since = 0; // what was read when the person came into the room; 0 is their first visit
let line = 0; // where "new" begins in the room that is open, if anything came while they were away
let press = null; // where the person pressed last
let heard = null; // the newest message that was spoken of
const typing = slash({ box: "say", list: "offers", bare: true });

export const slackState = () => state;
export const currentRoom = () => rooms().find((r) => r.id === room);

const mine = (dm) => !dm.with || dm.with === me();
const member = (c) => !c.members || c.members.includes(me());
const rooms = () => [...(state?.channels || []).filter(member), ...(state?.dms || []).filter(mine)];
const channel = (r) => (state?.channels || []).includes(r);
// The bot's own tab, which is no room: it has a view in place of messages.
const HOME = "home";
const atHome = () => room === HOME;

export function followSlack(changed) {
  follow("slack", (next) => {
    state = next;
    if (state.now) setNow(state.now);
    learn(state);
    meet(state);
    typing.learn(state.commands || []);
    meetUsers(state.users || []);
    redraw();
    changed();
  }, (away) => {
    $("slack-away").hidden = !away;
    $("slack").classList.toggle("off", away && !state);
  });
}

export function redraw() {
  if (!state) return;
  const all = rooms();
  if (!atHome() && !all.some((r) => r.id === room)) enterQuietly((all.find(inLanguage) || all[0])?.id);
  drawMessages();
  drawThread();
  drawRooms();
  speakOf();
  showViews(state.views?.[me()] || [], me(), comeBack);
}

const latest = (r) => Math.max(0, ...(r.messages || []).map((m) => Number(m.ts)), ...privates(r, null).map((e) => Number(e.ts)));
const calls = (m) => {
  const text = JSON.stringify([m.text, m.blocks]);
  return text.includes(me()) || (state.groups || []).some((g) => g.users.includes(me()) && text.includes(g.id));
};

// New to the person: what stands in the room, and what calls them in a thread.
function unread(r) {
  const mark = markOf(r.id);
  const fresh = (m) => Number(m.ts) > mark && !m.deleted && m.user !== me();
  const inThreads = (r.messages || []).flatMap((m) => m.thread || []).filter((m) => fresh(m) && calls(m));
  return (r.messages || []).filter(fresh).length + inThreads.length + privates(r, null).filter(fresh).length;
}

function drawRooms() {
  const entry = (r, name) => {
    const n = unread(r);
    return {
      key: r.id,
      sign: JSON.stringify([name, n, r.id === room, r.archived, language()]),
      make: () => el(n ? "button.unread" : "button", { type: "button", "aria-current": r.id === room ? "true" : null, "data-focus": r.id, "data-room": r.id, onclick: () => enter(r.id) },
        el("span.name", null, name),
        r.archived && el("span.state", { title: word("archived") }, icon("lock"), el("span.sr", null, word("archived"))), r.ext_shared && el("span.state", null, "⇄"),
        pip(n)),
    };
  };
  const channels = (state.channels || []).filter(member).map((c) => entry(c, `#\u00a0${c.name}`));
  const dms = (state.dms || []).filter(mine).map((d) => entry(d, "zeitnah"));
  const head = (key) => ({ key, sign: language(), make: () => el("h3", null, word(key)) });
  const home = {
    key: HOME,
    sign: JSON.stringify([atHome(), language()]),
    make: () => el("button", { type: "button", "aria-current": atHome() ? "true" : null, "data-focus": HOME, "data-room": HOME, onclick: enterHome }, el("span.name", null, word("home"))),
  };
  sync($("channels"), [head("channels"), ...channels, ...(dms.length ? [head("direct"), ...dms] : []), head("apps"), home]);
  const total = rooms().reduce((sum, r) => sum + unread(r), 0);
  badge("slack", total, word("unread", total));
}

function enterQuietly(id) {
  room = id;
  open = null;
  since = markOf(id);
  const r = currentRoom();
  line = r && unread(r) ? since : 0;
}

// Slack tells the bot that somebody looks, and shows what it has until the bot sends something newer.
function enterHome() {
  if (!atHome()) enterQuietly(HOME);
  remember("room", HOME);
  redraw();
  tell("slack/home", { user: me() });
}

function drawHome() {
  $("channel-name").textContent = `zeitnah · ${word("home")}`;
  const home = state.homes?.[me()];
  const there = { user: me(), view_id: home?.id };
  const act = {
    press: (action_id, block_id) => tell("slack/press", { ...there, action_id, block_id }),
    choose: (action_id, value, block_id) => tell("slack/choose", { ...there, action_id, block_id, value }),
  };
  const view = {
    key: "home",
    sign: JSON.stringify([home, me(), language()]),
    make: () => el("div.home", { tabIndex: -1 }, home ? render(home.view.blocks, act) : el("p.empty", null, word("homeEmpty"))),
  };
  hold($("messages"), `${me()}/${HOME}`, [view]);
  $("compose").hidden = true;
  $("closed").hidden = true;
  $("newer").hidden = true;
}

function enter(id) {
  enterQuietly(id);
  remember("room", id);
  redraw();
  $("channels").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function acts(box) {
  return (ts) => {
    const there = () => ({ user: me(), channel: room, ts });
    const pressed = () => {
      press = { at: Date.now(), box, ts, focus: document.activeElement?.dataset?.focus };
      const message = currentRoom()?.messages?.find((m) => m.ts === (box === "replies" ? open : ts));
      const item = message && itemOf(message);
      if (item) take(item);
      else goOn($("messages"));
    };
    return {
      press: (action_id, block_id) => (pressed(), tell("slack/press", { ...there(), action_id, block_id })),
      choose: (action_id, value) => (pressed(), tell("slack/choose", { ...there(), action_id, value })),
    };
  };
}

const inRoom = { act: acts("messages"), thread: enterThread, remove: (ts) => tell("slack/delete", { channel: room, ts }) };
const inThread = { act: acts("replies") };

// After a form the focus goes back to the button that opened it, or to what became of it.
function comeBack() {
  if (!press || !adrift()) return;
  const card = [...$(press.box).children].find((node) => node.dataset.ts === press.ts);
  const all = card ? [...card.querySelectorAll("[data-focus]")] : [];
  const target = all.find((n) => n.dataset.focus === press.focus) || all[0] || card || $("messages");
  target.focus({ preventScroll: true });
}

const privates = (r, thread) =>
  (r.ephemerals || []).filter((e) => e.user === me() && (e.thread_ts || null) === thread).map((e, n) => ({ ...e, key: `e${e.ts}-${n}` }));

const sign = (m, more) => JSON.stringify([m, me(), language(), when(Number(m.ts), "{date_pretty}"), leavesAt(itemOf(m)), more]);

function drawMessages() {
  if (atHome()) return drawHome();
  const r = currentRoom();
  $("channel-name").textContent = r ? `${channel(r) ? "# " : ""}${channel(r) ? r.name : "zeitnah"}` : "";
  if (!r) return;
  const freshIn = (m) => since > 0 && (m.thread || []).some((t) => Number(t.ts) > Math.max(markOf(`${room}/${m.ts}`), since) && t.user !== me());
  const messages = (r.messages || []).map((m) => ({ key: m.ts, at: m.ts, sign: sign(m, freshIn(m)), make: () => bubble(m, inRoom, freshIn(m)) }));
  const own = privates(r, null).map((e) => ({ key: e.key, at: e.ts, sign: sign(e), make: () => whisper(e, inRoom) }));
  const all = withLines([...messages, ...own].sort((a, b) => a.at - b.at), line);
  const none = { key: "none", sign: language(), make: () => el("p.empty", null, word(channel(r) ? "noMessages" : "noDirect")) };
  fill($("messages"), `${me()}/${room}`, all.length ? all : [none]);
  showOwn(own);
  for (const id of ["say", "reply-text"]) $(id).disabled = Boolean(r.archived);
  $("compose").hidden = Boolean(r.archived);
  $("closed").hidden = !r.archived;
  look();
}

// A private sentence that answers one's own press is shown, wherever one was reading.
let shownOwn = 0;
function showOwn(own) {
  const newest = Number(own.at(-1)?.at || 0);
  if (newest > shownOwn && shownOwn && press && Date.now() - press.at < 8000) {
    reads($("messages"), own.at(-1).key);
  }
  shownOwn = Math.max(shownOwn, newest, 1);
}

// What is on the screen is read; what came below it is offered.
function look() {
  const r = currentRoom();
  const box = $("messages");
  if (!r) return;
  const entered = box.dataset.entered !== `${me()}/${room}`;
  if (seen(box) && (atEnd(box) || entered)) {
    box.dataset.entered = `${me()}/${room}`;
    const to = Math.max(latest(r), ...(r.messages || []).flatMap((m) => (m.thread || []).map((t) => Number(t.ts))));
    if (read(r.id, to)) drawRooms();
    since ||= to;
  }
  const n = unread(r);
  if (n > 0 && !line && markOf(r.id)) {
    line = markOf(r.id);
    drawMessages();
  }
  const offered = n > 0 && !atEnd(box);
  $("newer").hidden = !offered;
  if (offered) $("newer").replaceChildren(icon("down"), word("unread", n));
}

function drawThread() {
  const r = currentRoom();
  const first = r?.messages?.find((m) => m.ts === open);
  $("thread").hidden = !first;
  $("slack").classList.toggle("with-thread", Boolean(first));
  if (!first) return;
  const list = [{ ...first, thread: [] }, ...(first.thread || [])].map((m) => ({ key: m.ts, sign: sign(m), make: () => bubble(m, inThread) }));
  const own = privates(r, open).map((e) => ({ key: e.key, sign: sign(e), make: () => whisper(e, inThread) }));
  fill($("replies"), `${me()}/${room}/${open}`, [...list, ...own]);
  if (seen($("replies"))) read(`${room}/${open}`, Math.max(0, ...(first.thread || []).map((m) => Number(m.ts))));
}

function enterThread(ts) {
  open = ts;
  drawThread();
  drawMessages();
  $("reply-text").focus();
}

function leaveThread() {
  const card = [...$("messages").children].find((node) => node.dataset.ts === open);
  open = null;
  drawThread();
  (card?.querySelector(".thread-link, [data-focus=tool-thread]") || $("messages")).focus();
}

// Cards are long; a screen reader hears of a new one by its first line.
function speakOf() {
  const r = currentRoom();
  const last = (r?.messages || []).findLast((m) => !m.deleted && m.user !== me());
  const note = r && privates(r, open)?.at(-1);
  const said = JSON.stringify([room, me(), last?.ts, note?.ts]);
  if (heard?.room === room && heard.me === me() && heard.said !== said) {
    if (note && heard.note !== note.ts) announce(`${word("onlyYou")}: ${headline(note, 400)}`);
    else if (last && heard.last !== last.ts) announce(`${word("unread", 1)} ${word("inRoom", r.name)}: ${headline(last)}`);
  }
  heard = { room, me: me(), said, last: last?.ts, note: note?.ts };
}

// Brings the card of an item up, in this room or in the next that has it.
export function showItem(item, where) {
  const has = (r) => (r.messages || []).findLast((m) => !m.deleted && itemOf(m) === String(item));
  const all = rooms();
  const found = [all.find((r) => r.id === where), currentRoom(), ...all].find((r) => r && has(r));
  if (!found) return false;
  if (found.id !== room) enter(found.id);
  const node = [...$("messages").children].find((n) => n.dataset.ts === has(found).ts);
  if (node) point(node);
  node?.focus({ preventScroll: true });
  return true;
}

// Links to a message open it here, as Slack does.
function goToMessage(event) {
  const address = event.target.closest?.("a[href]");
  const hit = address && /\/archives\/(\w+)\/p(\d{10})(\d{6})$/.exec(address.pathname);
  const there = hit && rooms().find((r) => r.id === hit[1]);
  if (!there) return;
  event.preventDefault();
  if (there.id !== room) enter(there.id);
  const node = [...$("messages").children].find((n) => n.dataset.ts === `${hit[2]}.${hit[3]}`);
  if (!node) return;
  point(node);
  node.focus({ preventScroll: true });
}

// Whether the cards of a room are written in the page's language.
const WORDS = { Nr: "de", No: "en" };
const inLanguage = (r) => (speaks(r.id) ?? WORDS[(r.messages || []).map(numberOf).find(Boolean)?.[0]]) === language();

// Whoever switches the language finds the room that is written in it.
// At first (`chosen`), only where nobody has chosen a room yet.
export function preferLanguage(chosen = false) {
  if (chosen && recall("room")) return;
  const now = currentRoom();
  const found = now && !inLanguage(now) && rooms().find(inLanguage);
  if (!found) return;
  if (!chosen) return enter(found.id);
  enterQuietly(found.id);
  redraw();
}

// The first thing to try: the newest card that can be answered.
export function showAnswerable() {
  turnTo("slack");
  const buttons = [...$("messages").querySelectorAll("article[data-item] button.primary")];
  const button = buttons.at(-1);
  if (!button) return;
  point(button.closest("article"));
  button.focus({ preventScroll: true });
}

async function speakUp(box, thread_ts) {
  const text = box.value.trim();
  if (!text) return;
  // Slack's own client says so, and keeps what was typed.
  if (thread_ts && /^\/\S/.test(text)) return toast(word("notInThread", text.split(/\s/)[0]));
  press = { at: Date.now(), box: thread_ts ? "replies" : "messages" };
  typing.shut();
  const answer = text.startsWith("/")
    ? await tell("slack/command", { user: me(), channel: room, text })
    : await tell("slack/say", { user: me(), channel: room, thread_ts, text });
  if (answer && answer.ok !== false) box.value = "";
}

export function startSlack() {
  startModal();
  typing.start();
  $("thread-close").append(icon("close"));
  sends($("compose"), $("say"), () => speakUp($("say")));
  sends($("reply"), $("reply-text"), () => speakUp($("reply-text"), open));
  $("thread-close").addEventListener("click", leaveThread);
  $("thread").addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) leaveThread();
  });
  watch($("messages"));
  watch($("replies"));
  $("messages").addEventListener("scroll", look, { passive: true });
  $("slack").addEventListener("click", goToMessage);
  $("newer").addEventListener("click", () => {
    $("messages").scrollTop = $("messages").scrollHeight;
    $("messages").focus({ preventScroll: true });
  });
  document.addEventListener("did", ({ detail }) => {
    if (detail === "write") expect($("messages"));
  });
  document.addEventListener("visibilitychange", () => {
    if (!state || document.visibilityState !== "visible") return;
    const r = currentRoom();
    if (r && unread(r)) line = markOf(r.id);
    redraw();
  });
  const archive = () => {
    const r = currentRoom();
    if (r) tell("slack/archive", { channel: r.id, archived: !r.archived });
  };
  $("archive").addEventListener("click", archive);
  $("reopen").addEventListener("click", archive);
  $("delete").addEventListener("click", () => {
    const last = currentRoom()?.messages?.findLast((m) => m.bot && !m.deleted);
    if (last) tell("slack/delete", { channel: room, ts: last.ts });
    else toast(word("noMessages"));
  });
}

// Another person sits down: their rooms, their marks, their forms.
export function changePerson() {
  enterQuietly(room);
  heard = null;
  shownOwn = 0;
  redraw();
  if (atHome()) tell("slack/home", { user: me() });
}

// The chat half came to the screen on a small display.
export function lookAgain() {
  if (state) look();
}
