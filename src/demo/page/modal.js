// Forms: the top of the person's stack of views, in the browser's own dialog, which keeps the focus inside.

import { carry, tell } from "./api.js";
import { render } from "./blocks.js";
import { $, did, el, icon } from "./dom.js";
import { collect, keep, restore } from "./inputs.js";
import { textOf } from "./text.js";
import { closesWith, keepsNothing } from "./sure.js";
import { language, word } from "./words.js";

let shown = null;
let current = null;
const below = new Map(); // what was entered in a form, by its id, while another one lies on it

export function showViews(stack, user, closed) {
  const dialog = $("modal");
  const top = stack.at(-1);
  current = top ? { id: top.id, user } : null;
  if (!top) {
    shown = null;
    below.clear();
    if (!dialog.open) return;
    dialog.close();
    closed();
    return;
  }
  const sign = JSON.stringify([top, stack.length, user, language()]);
  if (sign === shown) return;
  const same = dialog.dataset.view === `${user}/${top.id}`;
  if (!same && dialog.open && stack.some((v) => `${user}/${v.id}` === dialog.dataset.view)) below.set(dialog.dataset.view, keep(dialog));
  const kept = same ? keep(dialog) : (below.get(`${user}/${top.id}`) ?? new Map());
  const focus = same ? document.activeElement?.dataset?.focus : null;
  shown = sign;
  dialog.dataset.view = `${user}/${top.id}`;
  dialog.replaceChildren(form(top, stack.length, user));
  restore(dialog, kept);
  if (!dialog.open) dialog.showModal();
  const bad = dialog.querySelector("[aria-invalid=true]");
  const again = focus && [...dialog.querySelectorAll("[data-focus]")].find((n) => n.dataset.focus === focus);
  (bad || again || dialog.querySelector("[autofocus], textarea, input, select, button.primary"))?.focus();
}

function form(top, depth, user) {
  const view = top.view;
  const there = { user, view_id: top.id };
  const act = {
    view: top.id,
    errors: top.errors,
    press: (action_id, block_id) => tell("slack/press", { ...there, action_id, block_id }),
    choose: (action_id, value, block_id) => tell("slack/choose", { ...there, action_id, block_id, value }),
  };
  const close = () => leave();
  const submit = async (event) => {
    event.preventDefault();
    const button = node.querySelector("button[type=submit]");
    button.disabled = true;
    did("submit");
    await carry("slack", user, node);
    await tell("slack/submit", { ...there, values: collect(node) }, /^\S+: /);
    button.disabled = false;
  };
  const node = el("form", { onsubmit: submit, noValidate: true },
    el("header", null,
      el("h3", { id: "modal-title" }, depth > 1 && icon("back"), textOf(view.title)),
      el("button.icon", { type: "button", "aria-label": word("close"), onclick: close }, icon("close"))),
    el("div.view", { tabIndex: -1 }, render(view.blocks, act)),
    el("footer", null,
      el("button.button", { type: "button", onclick: close }, view.close ? textOf(view.close) : word("close")),
      view.submit && el("button.button.primary", { type: "submit" }, textOf(view.submit))));
  return node;
}

// The stand-in decides what is open; whoever has written something is asked first.
async function leave() {
  const asked = current;
  if (!asked || !(await keepsNothing($("modal")))) return;
  // Pressed twice, it is closed already.
  tell("slack/close", { user: asked.user, view_id: asked.id }, /not on top/);
}

export function startModal() {
  closesWith($("modal"), leave);
}
