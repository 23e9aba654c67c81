// Block Kit, from raw JSON to the page. `act` says what a press or a choice means where the blocks stand.

import { el, icon, link, safe } from "./dom.js";
import { field } from "./inputs.js";
import { sure } from "./sure.js";
import { richText, textOf } from "./text.js";
import { word } from "./words.js";

export function render(blocks, act) {
  return (blocks || []).map((block) => one(block, act));
}

function one(block, act) {
  const mine = { ...act, block };
  switch (block.type) {
    case "rich_text": return el("div.block.richtext", null, block.elements.map(richText));
    case "header": return el("h4.block", null, textOf(block.text));
    case "divider": return el("hr.block");
    case "section": return section(block, mine);
    case "context": return el("div.block.context", null, block.elements.map((e) => [e.type === "image" ? image(e) : el("span", null, textOf(e)), " "]));
    case "actions": return el("div.block.actions", null, block.elements.map((e) => element(e, mine)));
    case "image": return el("figure.block", null, block.title && el("figcaption", null, textOf(block.title)), image(block));
    case "input": return input(block, mine);
    case "markdown": return el("div.block.text", null, block.text);
    default: return el("div.block.unknown", null, `[${block.type}]`);
  }
}

function section(block, act) {
  return el(
    "div.block.section",
    null,
    el(
      "div.text",
      null,
      textOf(block.text),
      block.fields && el("div.fields", null, block.fields.map((f) => el("div", null, textOf(f)))),
    ),
    block.accessory && el("div.accessory", null, element(block.accessory, act)),
  );
}

// Pictures come only from this server; of others the page shows what they are said to show.
function image(e) {
  const address = safe(new URL(e.image_url || e.slack_file?.url || "about:blank", location.href).href);
  if (address && new URL(address).origin === location.origin) return el("img.shown", { src: address, alt: e.alt_text || "" });
  return el("span.picture", null, `${word("image")}: ${e.alt_text || ""}`);
}

// What Slack's own client finds before it asks the app, in the viewer's language.
function ours(error) {
  if (error === "Please complete this required field.") return word("required");
  const limit = /^Please enter (at least|no more than) (\d+) characters\.$/.exec(error || "");
  return limit ? word(limit[1] === "at least" ? "atLeast" : "atMost", Number(limit[2])) : error;
}

function input(block, act) {
  const id = `f-${act.view || ""}-${block.block_id}`.replace(/\W/g, "-");
  const error = ours(act.errors?.[block.block_id]);
  const many = ["radio_buttons", "checkboxes"].includes(block.element.type);
  const label = [...textOf(block.label), block.optional ? el("span.hint", null, ` ${word("optional")}`) : null];
  const about = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || null;
  return el(
    many ? "fieldset.block.field" : "div.block.field",
    { "data-block": block.block_id },
    many ? el("legend", null, ...label) : el("label", { for: id }, ...label),
    field(block.element, { ...act, id, about, bad: Boolean(error), optional: block.optional }),
    block.hint && el("p.hint", { id: `${id}-hint` }, textOf(block.hint)),
    error && el("p.error", { id: `${id}-error`, role: "alert" }, error),
  );
}

function element(e, act) {
  switch (e.type) {
    case "button": return button(e, act);
    case "overflow": return overflow(e, act);
    case "image": return image(e);
    default: return el("span.field", { "data-block": act.block.block_id }, field(e, { ...act, chooses: true }));
  }
}

function button(e, act) {
  const press = async () => (await sure(e.confirm)) && act.press(e.action_id, act.block.block_id);
  const kind = e.style ? `.${e.style}` : "";
  const shared = { "data-focus": e.action_id, "aria-label": e.accessibility_label };
  if (e.url) {
    const node = link(e.url, textOf(e.text));
    node.className = `button ${e.style || ""}`;
    node.dataset.focus = e.action_id;
    node.addEventListener("click", press);
    return node;
  }
  return el(`button.button${kind}`, { type: "button", onclick: press, ...shared }, textOf(e.text));
}

// Fixed to the window, because the list of messages would cut it off.
function place(menu, opener) {
  const [at, size] = [opener.getBoundingClientRect(), menu.getBoundingClientRect()];
  const below = at.bottom + 4 + size.height < window.innerHeight;
  menu.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - size.width - 8))}px`;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - 4 - size.height)}px`;
}

// A menu of our own, for the browser's selects cannot hold links.
function overflow(e, act) {
  const menu = el("div.menu", { role: "menu", hidden: true });
  const opener = el("button.button.icon", { type: "button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": word("more"), "data-focus": e.action_id }, icon("more"));
  const toggle = (open) => {
    menu.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (!open) return;
    place(menu, opener);
    menu.firstElementChild?.focus({ preventScroll: true });
    document.addEventListener("scroll", () => toggle(false), { capture: true, once: true });
  };
  for (const option of e.options) {
    const choose = async () => {
      toggle(false);
      opener.focus();
      if (await sure(e.confirm)) act.choose(e.action_id, option.value, act.block.block_id);
    };
    const item = option.url ? link(option.url, textOf(option.text)) : el("button", { type: "button" }, textOf(option.text));
    item.setAttribute("role", "menuitem");
    item.tabIndex = -1;
    item.addEventListener("click", choose);
    menu.append(item);
  }
  opener.addEventListener("click", () => toggle(menu.hidden));
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const edge = { Home: 0, End: -1 }[event.key];
    if (edge !== undefined) items.at(edge).focus();
    if (step) items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
    if (event.key === "Escape") opener.focus();
    if (step || edge !== undefined || event.key === "Escape") event.preventDefault();
    if (event.key === "Escape") toggle(false);
  });
  const box = el("span.overflow", null, opener, menu);
  box.addEventListener("focusout", (event) => {
    if (!box.contains(event.relatedTarget)) toggle(false);
  });
  return box;
}
