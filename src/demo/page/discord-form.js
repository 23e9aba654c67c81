// Discord's forms: one at a time for each person, in the browser's own dialog. A form that was sent is closed, whatever
// the app says about it; only what the client itself checks keeps it open.

import { carry, tell } from "./api.js";
import { markdown } from "./discord-text.js";
import { $, did, el, icon } from "./dom.js";
import { closesWith, keepsNothing } from "./sure.js";
import { language, word } from "./words.js";

const FIELDS = { ROW: 1, TEXT: 4, DISPLAY: 10, LABEL: 18, UPLOAD: 19 };

let shown = null;
let open = null;

export function showForm(modal, user, closed) {
  const dialog = $("discord-modal");
  open = modal ? { user, modal: modal.id } : null;
  if (!modal) {
    shown = null;
    if (!dialog.open) return;
    dialog.close();
    closed();
    return;
  }
  const sign = JSON.stringify([modal.id, user, language()]);
  if (sign === shown) return;
  shown = sign;
  dialog.replaceChildren(form(modal));
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("textarea, input, select, button.blurple")?.focus();
}

function form(modal) {
  const fields = modal.components.map(field);
  const close = () => leave();
  const submit = async (event) => {
    event.preventDefault();
    const wrong = fields.filter((f) => f.check && !f.check());
    wrong[0]?.box.focus();
    if (wrong.length) return;
    const button = node.querySelector("button[type=submit]");
    button.disabled = true;
    did("submit");
    await carry("discord", open.user, node);
    const values = Object.fromEntries(fields.filter((f) => f.box).map((f) => [f.id, f.box.type === "file" ? f.box.dataset.file ?? "" : f.box.value]));
    await tell("discord/submit", { ...open, values });
    button.disabled = false;
  };
  const node = el("form", { onsubmit: submit, noValidate: true },
    el("header", null,
      el("img", { src: "/page/icon.svg", alt: "", width: 24, height: 24 }),
      el("h3", { id: "discord-modal-title" }, modal.title),
      el("button.icon", { type: "button", "aria-label": word("close"), onclick: close }, icon("close"))),
    el("div.view", { tabIndex: -1 }, fields.map((f) => f.node)),
    el("footer", null,
      el("button.button.bare", { type: "button", onclick: close }, word("cancel")),
      el("button.button.blurple", { type: "submit" }, word("sendOff"))));
  return node;
}

function field(component, n) {
  if (component.type === FIELDS.DISPLAY) return { node: el("div.marked", null, markdown(component.content)) };
  const inner = component.type === FIELDS.LABEL ? component.component : component.components?.[0];
  if (!inner) return { node: el("p.unknown", null, `[${component.type}]`) };
  const id = `discord-field-${n}`;
  const label = component.label ?? inner.label ?? "";
  const box = inner.type === FIELDS.TEXT ? text(inner, id) : inner.type === FIELDS.UPLOAD ? el("input", { id, type: "file" }) : select(inner, id);
  const error = el("p.error", { id: `${id}-error`, role: "alert", hidden: true });
  const required = inner.required !== false;
  box.setAttribute("aria-describedby", [component.description && `${id}-hint`, `${id}-error`].filter(Boolean).join(" "));
  const check = () => {
    const long = [...box.value].length;
    const said = required && !long ? word("required") : long && inner.min_length > long ? word("atLeast", inner.min_length) : null;
    error.textContent = said ?? "";
    error.hidden = !said;
    box.setAttribute("aria-invalid", String(Boolean(said)));
    return !said;
  };
  const node = el("div.field", null,
    el("label", { for: id }, label, required && el("span.star", { "aria-hidden": "true" }, " *"), !required && el("span.hint", null, ` ${word("optional")}`)),
    component.description && el("p.hint", { id: `${id}-hint` }, component.description),
    box, error);
  return { node, box, id: inner.custom_id, check };
}

function text(inner, id) {
  const shared = { id, placeholder: inner.placeholder, maxlength: inner.max_length ? String(inner.max_length) : null };
  const box = inner.style === 2 ? el("textarea", { ...shared, rows: "6" }) : el("input", { ...shared, type: "text" });
  box.value = box.dataset.came = inner.value ?? "";
  return box;
}

function select(inner, id) {
  const chosen = inner.options?.find((o) => o.default)?.value;
  const box = el("select", { id }, !chosen && el("option", { value: "" }, inner.placeholder || word("choose")),
    (inner.options || []).map((o) => el("option", { value: o.value }, o.label)));
  box.value = chosen ?? "";
  return box;
}

// The stand-in decides what is open; whoever has written something is asked first.
async function leave() {
  const asked = open;
  // Pressed twice, it is closed already.
  if (asked && (await keepsNothing($("discord-modal")))) tell("discord/close", asked, /not open/);
}

export function startForm() {
  closesWith($("discord-modal"), leave);
}
