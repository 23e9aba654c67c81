// Who sits in front of the chats: everybody side by side, with what they may do in words.

import { $, el, sync } from "./dom.js";
import { recall, remember } from "./memory.js";
import { language, word } from "./words.js";

let users = [];
let roles = new Map();
let elsewhere = new Map();
let chosen = recall("me");
let changed = () => {};

// The same person has another id in each chat.
export const me = (chat = "slack") => (chat === "slack" ? chosen : elsewhere.get(chosen));

export function meetUsers(all) {
  users = all.filter((u) => !u.is_bot && !u.bot);
  draw();
}

export function meetRoles(people) {
  roles = new Map(people.map((p) => [p.user, p.role]));
  elsewhere = new Map(people.map((p) => [p.user, p.discord]));
  draw();
}

// The same person has the same colour everywhere.
export function face(id, name) {
  const tint = [...(id || "")].reduce((sum, c) => (sum * 31 + c.codePointAt(0)) % 6, 0);
  return el(`span.face.tint${tint}`, { "aria-hidden": "true" }, [...(name || "?")][0]);
}

function draw() {
  const order = [...roles.keys()];
  const place = (u) => (order.includes(u.id) ? order.indexOf(u.id) : order.length);
  const list = [...users].sort((a, b) => place(a) - place(b));
  if (list.length && !list.some((u) => u.id === chosen)) chosen = list[0].id;
  sync($("me"), [
    { key: "head", sign: language(), make: () => el("legend", null, word("actAs")) },
    ...list.map((u) => ({ key: u.id, sign: JSON.stringify([u, roles.get(u.id), roles.size, language()]), make: () => person(u) })),
  ]);
  for (const tick of $("me").querySelectorAll("input")) tick.checked = tick.value === chosen;
}

function person(u) {
  const full = u.real_name || u.name;
  const role = roles.size ? word(`role_${roles.get(u.id) ?? "viewer"}`) : null;
  const tick = el("input", { type: "radio", name: "me", value: u.id, "data-focus": u.id, "aria-label": [full, role].filter(Boolean).join(", "), onchange: () => choose(u.id) });
  return el("label.person", { title: full }, tick, face(u.id, u.name),
    el("span", { "aria-hidden": "true" }, el("strong", null, full.split(" ")[0]), role && el("small", null, role)));
}

function choose(id) {
  chosen = id;
  remember("me", id);
  changed();
}

export function startPeople(onChange) {
  changed = onChange;
}
