// One message of Discord as it stands in a channel or a thread: embeds with their bar, buttons, the thread below.

import { el, icon, link } from "./dom.js";
import { markdown, nameOf, plain } from "./discord-text.js";
import { countdown } from "./hand.js";
import { face } from "./people.js";
import { when } from "./text.js";
import { word } from "./words.js";

const STYLES = { 1: "blurple", 2: "grey", 3: "success", 4: "destructive", 5: "grey" };

export const secondsOf = (message) => Date.parse(message.at) / 1000;

// The number that a card gives its item in its grey line, with the word before it.
export function numberOf(message) {
  for (const embed of message.embeds || []) {
    for (const row of (embed.description || "").split("\n")) {
      const hit = row.startsWith("-# ") && /(?:^-# | · )(Nr|No)\\?\. (\d+)(?= · |$)/.exec(row);
      if (hit) return [hit[1], hit[2]];
    }
  }
  return null;
}

export const itemOf = (message) => numberOf(message)?.[1] ?? null;
export const headline = (m, most = 120) => plain(m.embeds?.[0]?.title || m.content || m.embeds?.[0]?.description || "").slice(0, most);

function labelOf(message) {
  const item = itemOf(message);
  return item ? `${word("card", item)}: ${headline(message)}` : `${nameOf(message.author) ?? ""}, ${when(secondsOf(message), "{time}")}`;
}

// Pictures come only from this server; of others the page shows what they are said to show.
function pictureOf(image) {
  const at = new URL(image.url || "about:blank", location.href);
  const own = /^\/discord\/attachments\/\d+\/[\w.]+$/.test(at.pathname);
  if (!own) return el("p.hint", null, `${word("image")}: ${image.description || ""}`);
  return el("img.shown", { src: at.pathname, alt: image.description || "" });
}

export function embedOf(embed) {
  const node = el("div.embed", null,
    embed.author?.name && el("p.embed-author", null, embed.author.url ? link(embed.author.url, embed.author.name) : embed.author.name),
    embed.title && el("h4", null, embed.url ? link(embed.url, markdown(embed.title)) : markdown(embed.title)),
    embed.description && el("div.marked", null, markdown(embed.description)),
    embed.fields?.length > 0 && el("div.fields", null, embed.fields.map((f) => el("div", null, el("strong", null, markdown(f.name)), markdown(f.value)))),
    embed.image && pictureOf(embed.image),
    embed.footer?.text && el("p.hint", null, embed.footer.text));
  // Set as a property: the page's policy takes no style from markup.
  if (Number.isInteger(embed.color)) node.style.borderLeftColor = `#${embed.color.toString(16).padStart(6, "0")}`;
  return node;
}

// `act` says what a press or a choice means where the components stand.
export function components(list, act) {
  return (list || []).map((row) => {
    if (row.type !== 1) return row.type === 10 ? el("div.marked", null, markdown(row.content)) : el("div.unknown", null, `[${row.type}]`);
    return el("div.actions", null, row.components.map((c) => component(c, act)));
  });
}

function component(c, act) {
  if (c.type !== 2) return menu(c, act);
  const label = [c.emoji?.name && `${c.emoji.name} `, c.label];
  if (c.url) {
    const node = link(c.url, label, icon("out"));
    node.className = "button grey";
    node.dataset.focus = c.url;
    return node;
  }
  const press = () => act.press(c.custom_id);
  return el(`button.button.${STYLES[c.style] || "grey"}`, { type: "button", disabled: c.disabled === true, "data-focus": c.custom_id, onclick: press }, label);
}

function menu(c, act) {
  const box = el("select", { "aria-label": c.placeholder || word("choose"), "data-focus": c.custom_id, disabled: c.disabled === true, onchange: () => chosen() },
    el("option", { value: "" }, c.placeholder || word("choose")),
    (c.options || []).map((o) => el("option", { value: o.value }, o.description ? `${o.label} · ${o.description}` : o.label)));
  const usual = c.options?.find((o) => o.default)?.value ?? "";
  // What was chosen can be chosen again at once.
  const chosen = () => {
    const value = box.value;
    box.value = usual;
    if (value) act.choose(c.custom_id, [value]);
  };
  box.value = usual;
  return box;
}

function head(message) {
  const name = nameOf(message.author) ?? "?";
  return el("header", null,
    message.bot ? el("img.face.bot", { src: "/page/icon.svg", alt: "" }) : face(message.author, name),
    el("strong.who", null, name),
    message.bot && el("span.tag", null, word("app")),
    el("time.hint", { datetime: message.at }, when(secondsOf(message), "{time}")),
    !message.only_for && countdown(itemOf(message)));
}

// To whom it answers: another message, or a command that somebody typed.
function above(message, on) {
  if (message.reply_to) {
    const to = on.find(message.reply_to);
    return el("p.above", null, icon("reply"), to ? [`@${nameOf(to.author) ?? "?"} `, headline(to)] : word("replyGone"));
  }
  if (message.type === 20 && message.interaction) return el("p.above", null, icon("reply"), word("used", nameOf(message.interaction) ?? "?"));
  return null;
}

function body(message, act) {
  if (message.loading) return el("div.body", null, el("p.thinking", null, word("thinking")));
  return el("div.body", null,
    message.content && el("div.marked", null, markdown(message.content), message.edited && el("span.edited", null, ` ${word("edited")}`)),
    (message.embeds || []).map(embedOf),
    components(message.components, act));
}

// `on` holds what can be done: act(id), find(id), thread(message), remove(id), dismiss(id).
export function bubble(message, on, isNew) {
  const own = Boolean(message.only_for);
  const called = on.calls(message);
  const tool = (name, label, does) => el("button.icon", { type: "button", title: word(label), "aria-label": word(label), "data-focus": `tool-${name}`, onclick: does }, icon(name));
  return el(own ? "article.message.private" : called ? "article.message.called" : "article.message",
    { tabIndex: -1, "data-id": message.id, "data-item": itemOf(message), "aria-label": own ? word("onlyYou") : labelOf(message) },
    above(message, on), head(message), body(message, on.act(message.id)),
    own && el("p.only", null, icon("eye"), word("onlyYou"), " · ",
      el("button.plain", { type: "button", "data-focus": "dismiss", onclick: () => on.dismiss(message.id) }, word("dismissOne"))),
    on.thread && message.thread && threadBox(message, on, isNew),
    on.remove && !own && el("div.tools", null, tool("trash", "deleteOne", () => on.remove(message.id))));
}

function threadBox(message, on, isNew) {
  const thread = message.thread;
  const said = thread.messages.filter((m) => !m.deleted && m.content);
  const last = said.at(-1);
  return el("button.thread-box", { type: "button", "data-focus": "thread", onclick: () => on.thread(message.id) },
    el("span.thread-name", null, thread.locked && icon("lock"), el("strong", null, thread.name),
      el("span.count", null, word("messageCount", said.length), " ›"), isNew && el("span.new", null, word("newReplies"))),
    last && el("span.thread-last", null, `${nameOf(last.author) ?? ""}: ${plain(last.content)}`.slice(0, 90)));
}
