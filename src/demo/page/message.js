// One message of the chat as it stands in a room or a thread.

import { render } from "./blocks.js";
import { el, icon } from "./dom.js";
import { countdown } from "./hand.js";
import { face } from "./people.js";
import { mrkdwn, nameOf, richText, textOf, when } from "./text.js";
import { word } from "./words.js";

const clock = (ts) => when(Number(ts), "{time}");
const nameIn = (m) => (m.bot ? m.username || nameOf(m.user) || "zeitnah" : nameOf(m.user) || m.user);
// What a block says, times and names as they are shown.
function words(block) {
  const nodes = block.type === "rich_text" ? block.elements.map(richText) : block.text ? textOf(block.text) : (block.elements || []).flatMap((e) => (e.text?.type ? textOf(e.text) : e.type === "mrkdwn" || e.type === "plain_text" ? textOf(e) : []));
  return plain(nodes);
}
const plain = (nodes) => nodes.map((node) => node.textContent ?? node).join(" ").replace(/\s+/g, " ").trim();

// The number that a card gives its item in its grey line, with the word before it.
export function numberOf(message) {
  for (const block of message.blocks || []) {
    if (block.type !== "context") continue;
    for (const e of block.elements) {
      const hit = e.type === "plain_text" && /^(Nr|No)\. (\d+)$/.exec(e.text);
      if (hit) return [hit[1], hit[2]];
    }
  }
  return null;
}

export const itemOf = (message) => numberOf(message)?.[1] ?? null;
export const headline = (m, most = 120) => (m.blocks?.length ? m.blocks.map(words).find(Boolean) ?? "" : plain(mrkdwn(m.text || ""))).slice(0, most);

function labelOf(message) {
  const item = itemOf(message);
  return item ? `${word("card", item)}: ${headline(message)}` : `${nameIn(message)}, ${clock(message.ts)}`;
}

function head(message) {
  return el("header", null,
    message.bot ? el("img.face.bot", { src: "/page/icon.svg", alt: "" }) : face(message.user, nameIn(message)),
    el("strong.who", null, nameIn(message)),
    message.bot && el("span.badge", null, word("app")),
    el("time.hint", { datetime: new Date(message.ts * 1000).toISOString() }, clock(message.ts)),
    countdown(itemOf(message)));
}

function body(message, act) {
  if (message.deleted) return el("p.gone", null, word("deleted"));
  const blocks = message.blocks?.length ? render(message.blocks, act) : [el("div.block.text", null, mrkdwn(message.text || ""))];
  return el("div.body", null, blocks, message.edited && !message.bot && el("span.hint", null, word("edited")));
}

// `on` holds what can be done: act(ts), thread(ts), remove(ts); a message in a thread is given no thread.
export function bubble(message, on, freshReplies) {
  const replies = message.thread || [];
  const tool = (name, label, does) => el("button.icon", { type: "button", title: word(label), "aria-label": word(label), "data-focus": `tool-${name}`, onclick: does }, icon(name));
  return el("article.message", { tabIndex: -1, "data-ts": message.ts, "data-item": itemOf(message), "aria-label": labelOf(message) },
    head(message), body(message, on.act(message.ts)),
    on.thread && replies.length > 0 && el("button.thread-link", { type: "button", "data-focus": "thread", onclick: () => on.thread(message.ts) },
      icon("thread"), word("replyCount", replies.length), freshReplies && el("span.new", null, word("newReplies"))),
    on.thread && !message.deleted && el("div.tools", null,
      tool("thread", "openThread", () => on.thread(message.ts)), tool("trash", "deleteOne", () => on.remove(message.ts))));
}

export function whisper(message, on) {
  return el("article.message.whisper", { tabIndex: -1, "data-ts": message.ts, "aria-label": word("onlyYou") },
    el("p.only", null, icon("eye"), word("onlyYou")),
    head({ ...message, bot: true, user: null }), body({ ...message, edited: null }, on.act(message.ts)));
}
