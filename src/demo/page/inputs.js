// The inputs of Block Kit, and how their values are read back in Slack's shape.

import { el } from "./dom.js";
import { textOf } from "./text.js";
import { word } from "./words.js";

let people = [];
let rooms = [];

export function meet(state) {
  people = (state.users || []).filter((u) => !u.is_bot && !u.bot).map((u) => [u.id, u.real_name || u.name]);
  rooms = (state.channels || []).map((c) => [c.id, `#${c.name}`]);
}

const plain = (o) => textOf(o).map((part) => (typeof part === "string" ? part : part.textContent)).join("");
const choices = (e) => [...(e.options || []), ...(e.option_groups || []).flatMap((g) => g.options)];

// One element as a control. Outside an input block (`chooses`) a change is sent at once.
export function field(e, act) {
  const changed = (value) => act.chooses && act.choose(e.action_id, value, act.block.block_id);
  const shared = {
    id: act.id, "aria-describedby": act.about, "aria-invalid": act.bad ? "true" : null, "aria-label": act.id ? null : plain(e.placeholder) || e.action_id,
    "data-action": e.action_id, "data-type": e.type, "data-focus": e.action_id,
  };
  switch (e.type) {
    case "plain_text_input":
    case "email_text_input":
    case "url_text_input":
    case "number_input": return text(e, shared);
    case "static_select":
    case "external_select":
      return select(e, shared, choices(e).map((o) => [o.value, plain(o.text)]), e.initial_option?.value, changed);
    case "users_select": return select(e, shared, people, e.initial_user, changed);
    case "channels_select": return select(e, shared, rooms, e.initial_channel, changed);
    case "conversations_select": return select(e, shared, rooms, e.initial_conversation, changed);
    case "multi_users_select": return ticks(e, shared, "checkbox", people, e.initial_users || []);
    case "multi_static_select":
    case "checkboxes":
      return ticks(e, shared, "checkbox", choices(e).map((o) => [o.value, o]), (e.initial_options || []).map((o) => o.value), changed);
    case "radio_buttons":
      return ticks(e, shared, "radio", choices(e).map((o) => [o.value, o]), [e.initial_option?.value], changed);
    case "datepicker": return native(e, shared, "date", e.initial_date, changed);
    case "file_input": return el("input", { ...shared, type: "file" });
    case "timepicker": return native(e, shared, "time", e.initial_time, changed);
    case "datetimepicker": return native(e, shared, "datetime-local", local(e.initial_date_time), changed);
    default: return el("span.unknown", null, `[${e.type}]`);
  }
}

function text(e, shared) {
  const limits = { placeholder: plain(e.placeholder) || null, maxlength: e.max_length ? String(e.max_length) : null };
  const value = e.initial_value ?? "";
  const kind = e.type === "number_input" ? "number" : "text";
  const box = e.multiline ? el("textarea", { ...shared, ...limits, rows: "6" }) : el("input", { ...shared, ...limits, type: kind });
  box.value = box.dataset.came = value;
  if (e.focus_on_load) box.autofocus = true;
  if (!e.max_length) return box;
  const left = el("span.count", { "aria-hidden": "true" });
  // Told when it matters, as in Slack.
  const count = () => {
    const length = [...box.value].length;
    left.textContent = length > e.max_length * 0.8 ? `${length} / ${e.max_length}` : "";
  };
  box.addEventListener("input", count);
  count();
  return el("div.counted", null, box, left);
}

function select(e, shared, list, chosen, changed) {
  const box = el("select", { ...shared, onchange: () => box.value && changed(box.value) },
    el("option", { value: "" }, plain(e.placeholder) || word("choose")),
    list.map(([value, label]) => el("option", { value }, label)));
  box.value = chosen ?? "";
  return box;
}

function ticks(e, shared, type, list, chosen, changed) {
  const name = `${shared.id || e.action_id}-${Math.random().toString(36).slice(2)}`;
  const box = el("div.ticks", { "data-action": e.action_id, "data-type": e.type },
    list.map(([value, option]) => {
      const label = typeof option === "string" ? [option] : textOf(option.text);
      const about = option.description && el("span.hint", null, textOf(option.description));
      const tick = el("input", { type, name, value, "data-focus": `${e.action_id}:${value}`, "aria-describedby": shared["aria-describedby"], onchange: () => changed?.(value) });
      tick.checked = chosen.includes(value);
      return el("label", null, tick, el("span", null, label, about));
    }));
  return box;
}

function native(e, shared, type, value, changed) {
  const box = el("input", { ...shared, type, onchange: () => changed(box.value) });
  box.value = value ?? "";
  return box;
}

function local(seconds) {
  if (!seconds) return null;
  const at = new Date(seconds * 1000);
  return new Date(at - at.getTimezoneOffset() * 60e3).toISOString().slice(0, 16);
}

const picked = (box) => [...box.querySelectorAll("input:checked")].map((tick) => tick.value);
const option = (value) => (value ? { value } : null);

function valueOf(box) {
  const value = box.value || null;
  switch (box.dataset.type) {
    case "static_select":
    case "external_select": return { selected_option: option(value) };
    case "radio_buttons": return { selected_option: option(picked(box)[0]) };
    case "checkboxes":
    case "multi_static_select": return { selected_options: picked(box).map((v) => ({ value: v })) };
    case "users_select": return { selected_user: value };
    case "multi_users_select": return { selected_users: picked(box) };
    case "channels_select": return { selected_channel: value };
    case "conversations_select": return { selected_conversation: value };
    case "datepicker": return { selected_date: value };
    case "file_input": return { files: box.dataset.file ? [{ id: box.dataset.file }] : [] };
    case "timepicker": return { selected_time: value };
    case "datetimepicker": return { selected_date_time: value ? Math.floor(new Date(value) / 1000) : null };
    default: return { value };
  }
}

// {block_id: {action_id: {type, …}}} of everything under `root`.
export function collect(root) {
  const values = {};
  for (const box of root.querySelectorAll("[data-action]")) {
    const block = box.closest("[data-block]")?.dataset.block;
    if (block) (values[block] ??= {})[box.dataset.action] = { type: box.dataset.type, ...valueOf(box) };
  }
  return values;
}

// What was typed stays when a view is updated under the person's hands, as in Slack.
export function keep(root) {
  const kept = new Map();
  for (const box of root.querySelectorAll("[data-action]")) {
    const key = `${box.closest("[data-block]")?.dataset.block}/${box.dataset.action}`;
    kept.set(key, box.classList.contains("ticks") ? picked(box) : box.value);
  }
  return kept;
}

export function restore(root, kept) {
  for (const box of root.querySelectorAll("[data-action]")) {
    const was = kept.get(`${box.closest("[data-block]")?.dataset.block}/${box.dataset.action}`);
    if (was === undefined) continue;
    if (Array.isArray(was)) for (const tick of box.querySelectorAll("input")) tick.checked = was.includes(tick.value);
    // What was chosen in a field for a file no page can put back.
    else if (box.type !== "file") box.value = was;
    box.dispatchEvent(new Event("input"));
  }
}
