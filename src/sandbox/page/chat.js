// The left half: channels, messages, threads, private sentences. Shown as the person sees it who is chosen in "act as".

import { tell } from "./api.js";
import { render } from "./blocks.js";
import { $, el, options, sync, toast } from "./dom.js";
import { meet } from "./inputs.js";
import { showViews } from "./modal.js";
import { learn, mrkdwn, nameOf, setNow, when } from "./text.js";
import { language, word } from "./words.js";

let state = null;
let room = localStorage.getItem("room");
let open = null; // ts of the thread's first message

export const me = () => $("me").value;
export const slackState = () => state;
export const currentRoom = () => rooms().find((r) => r.id === room);

const rooms = () => [...(state?.channels || []), ...(state?.dms || []).filter(mine)];
const mine = (dm) => [dm.with, dm.user].flat().includes(me()) || (!dm.with && !dm.user);

export function showChat(next) {
  state = next;
  if (state.now) setNow(state.now);
  learn(state);
  meet(state);
  options($("me"), (state.users || []).filter((u) => !u.is_bot && !u.bot).map((u) => [u.id, u.real_name || u.name]), $("me").value || localStorage.getItem("me"));
  redraw();
}

export function redraw() {
  if (!state) return;
  const all = rooms();
  if (!all.some((r) => r.id === room)) room = all[0]?.id;
  drawRooms();
  drawMessages();
  drawThread();
  showViews(state.views?.[me()] || [], me());
}

function drawRooms() {
  const entry = (r, label) => ({
    key: r.id,
    sign: `${label}${r.id === room}${r.archived}${language()}`,
    make: () =>
      el("button", { type: "button", "aria-current": r.id === room ? "true" : null, "data-focus": r.id, onclick: () => enter(r.id) },
        label, r.archived && el("span.hint", null, ` ${word("archived")}`), r.ext_shared && el("span.hint", null, " ⇄")),
  });
  const channels = (state.channels || []).map((c) => entry(c, `# ${c.name}`));
  const dms = (state.dms || []).filter(mine).map((d) => entry(d, d.name || "zeitnah"));
  const head = (key) => ({ key, sign: language(), make: () => el("h3", null, word(key)) });
  sync($("channels"), [head("channels"), ...channels, ...(dms.length ? [head("direct"), ...dms] : [])]);
}

function enter(id) {
  room = id;
  open = null;
  localStorage.setItem("room", id);
  redraw();
}

const clock = (ts) => when(Number(ts), "{time}");

function author(message) {
  const name = message.bot ? (message.username || nameOf(message.user) || "zeitnah") : nameOf(message.user) || message.user;
  return [
    el(message.bot ? "span.face.bot" : "span.face", { "aria-hidden": "true" }, message.bot ? "z" : [...(name || "?")][0]),
    el("strong.who", null, name),
    message.bot && el("span.badge", null, word("app")),
  ];
}

function acts(ts) {
  const there = () => ({ user: me(), channel: room, ts });
  return {
    press: (action_id, block_id) => tell("slack/press", { ...there(), action_id, block_id }),
    choose: (action_id, value) => tell("slack/choose", { ...there(), action_id, value }),
  };
}

function body(message) {
  if (message.deleted) return el("p.gone", null, word("deleted"));
  const blocks = message.blocks?.length ? render(message.blocks, acts(message.ts)) : [el("div.block.text", null, mrkdwn(message.text || ""))];
  return el("div.body", null, blocks, message.edited && el("span.hint", null, word("edited")));
}

function bubble(message, inThread) {
  const replies = message.thread || [];
  const tools = !inThread && !message.deleted && el("div.tools", null,
    el("button", { type: "button", title: word("openThread"), "aria-label": word("openThread"), onclick: () => enterThread(message.ts) }, "↩"),
    el("button", { type: "button", title: word("deleteOne"), "aria-label": word("deleteOne"), onclick: () => tell("slack/delete", { channel: room, ts: message.ts }) }, "✕"));
  return el("article.message", { tabIndex: -1 },
    el("header", null, author(message), el("time.hint", { datetime: new Date(message.ts * 1000).toISOString() }, clock(message.ts))),
    body(message), tools,
    !inThread && replies.length > 0 && el("button.thread-link", { type: "button", "data-focus": "thread", onclick: () => enterThread(message.ts) }, word("replyCount", replies.length)));
}

function whisper(message) {
  return el("article.message.whisper", { tabIndex: -1 }, el("p.hint.only", null, `◉ ${word("onlyYou")}`),
    el("header", null, author({ ...message, bot: true, user: null }), el("time.hint", null, clock(message.ts))), body({ ...message, edited: null }));
}

const sign = (m) => JSON.stringify([m, me(), language(), room]);
const entries = (list, make) => list.map((m) => ({ key: m.key || m.ts, sign: sign(m), make: () => make(m) }));

function fill(box, wanted) {
  const wasDown = box.scrollHeight - box.scrollTop - box.clientHeight < 80 || box.dataset.room !== room;
  if (box.dataset.room !== room) box.replaceChildren();
  box.dataset.room = room;
  sync(box, wanted);
  if (wasDown) box.scrollTop = box.scrollHeight;
}

const privates = (r, thread) =>
  (r.ephemerals || []).filter((e) => e.user === me() && (e.thread_ts || null) === thread).map((e, n) => ({ ...e, key: `e${e.ts}-${n}` }));

// Days are set off by a line, as in every chat.
function withDays(list) {
  let last = null;
  return list.flatMap((entry) => {
    const day = when(Number(entry.at), "{date_num}");
    if (day === last) return [entry];
    last = day;
    return [{ key: `day-${day}`, sign: day + language(), make: () => el("p.day", null, el("span", null, when(Number(entry.at), "{date_long_pretty}"))) }, entry];
  });
}

function drawMessages() {
  const r = currentRoom();
  $("channel-name").textContent = r ? `${state.channels.includes(r) ? "# " : ""}${r.name || "zeitnah"}${r.archived ? ` (${word("archived")})` : ""}` : "";
  if (!r) return;
  const messages = entries(r.messages || [], (m) => bubble(m, false)).map((e, n) => ({ ...e, at: r.messages[n].ts }));
  const own = privates(r, null);
  const whispers = entries(own, whisper).map((e, n) => ({ ...e, at: own[n].ts }));
  const all = withDays([...messages, ...whispers].sort((a, b) => a.at - b.at));
  const none = { key: "none", sign: language(), make: () => el("p.empty", null, word("noMessages")) };
  fill($("messages"), all.length ? all : [none]);
  for (const id of ["say", "reply-text"]) $(id).disabled = Boolean(r.archived);
}

function enterThread(ts) {
  open = ts;
  drawThread();
  $("reply-text").focus();
}

function drawThread() {
  const r = currentRoom();
  const first = r?.messages?.find((m) => m.ts === open);
  $("thread").hidden = !first;
  $("slack").classList.toggle("with-thread", Boolean(first));
  if (!first) return;
  const own = privates(r, open);
  fill($("replies"), [
    ...entries([{ ...first, thread: [] }], (m) => bubble(m, true)),
    ...entries(first.thread || [], (m) => bubble(m, true)),
    ...entries(own, whisper),
  ]);
}

async function speakUp(box, thread_ts) {
  const text = box.value.trim();
  if (!text) return;
  const slash = text.startsWith("/") && !thread_ts;
  const answer = slash
    ? await tell("slack/command", { user: me(), channel: room, text })
    : await tell("slack/say", { user: me(), channel: room, thread_ts, text });
  if (answer && answer.ok !== false) box.value = "";
}

export function startChat() {
  const sends = (form, box, thread) => {
    $(form).addEventListener("submit", (event) => {
      event.preventDefault();
      speakUp($(box), thread());
    });
    $(box).addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      $(form).requestSubmit();
    });
  };
  sends("compose", "say", () => undefined);
  sends("reply", "reply-text", () => open);
  $("thread-close").addEventListener("click", () => {
    open = null;
    drawThread();
    $("messages").focus();
  });
  $("me").addEventListener("change", () => {
    localStorage.setItem("me", me());
    redraw();
  });
  $("archive").addEventListener("click", () => {
    const r = currentRoom();
    if (r) tell("slack/archive", { channel: r.id, archived: !r.archived });
  });
  $("delete").addEventListener("click", () => {
    const last = currentRoom()?.messages?.findLast((m) => m.bot && !m.deleted);
    if (last) tell("slack/delete", { channel: room, ts: last.ts });
    else toast(word("noMessages"));
  });
}
