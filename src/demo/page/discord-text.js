// Discord's markdown, as its own client reads it. It ends as text nodes and links.

import { el, link } from "./dom.js";
import { when } from "./text.js";

const world = { users: new Map(), roles: new Map(), channels: new Map() };

export function learn(state) {
  const threads = state.channels.flatMap((c) => c.messages.map((m) => m.thread).filter(Boolean));
  world.users = new Map(state.users.map((u) => [u.id, u.display_name]));
  world.roles = new Map(state.roles.map((r) => [r.id, r.name]));
  world.channels = new Map([...state.channels, ...threads].map((c) => [c.id, c.name]));
}

export const nameOf = (id) => world.users.get(id);

const TIMES = {
  t: "{time}", T: "{time_secs}", d: "{date_num}", D: "{date}", f: "{date} {time}", F: "{date_long} {time}", R: "{ago}",
};

function token(inside) {
  const hit = /^(@!?|@&|#)(\d+)$/.exec(inside);
  if (hit) {
    const [, kind, id] = hit;
    if (kind === "#") return el("span.mention", null, `#${world.channels.get(id) ?? "?"}`);
    if (kind === "@&") return el("span.mention", null, `@${world.roles.get(id) ?? "?"}`);
    return el("span.mention", null, `@${world.users.get(id) ?? "?"}`);
  }
  const time = /^t:(-?\d+)(?::([tTdDfFR]))?$/.exec(inside);
  if (time) {
    const seconds = Number(time[1]);
    return el("time.moment", { datetime: new Date(seconds * 1000).toISOString(), title: when(seconds, TIMES.F) }, when(seconds, TIMES[time[2] || "f"]));
  }
  const emoji = /^a?:(\w+):\d+$/.exec(inside);
  return emoji ? `:${emoji[1]}:` : link(inside, inside);
}

// Inside of marks a backslash keeps the next character out of it.
const INNER = String.raw`((?:\\[\s\S]|[^\\])+?)`;
const INLINE = new RegExp(
  [
    String.raw`\\([^\p{L}\p{N}\s])`,
    String.raw`(\x60+)([\s\S]*?[^\x60])\2(?!\x60)`,
    String.raw`\[((?:\\[\s\S]|[^\\\]\n])+)\]\((https?:[^)\s]+)\)`,
    String.raw`<(@[!&]?\d+|#\d+|t:-?\d+(?::[tTdDfFR])?|a?:\w+:\d+|https?:[^>\s]+)>`,
    String.raw`(https?:\/\/[^\s<]*[^\s<.,:;"')\]])`,
    String.raw`(@everyone|@here)`,
    String.raw`\*\*${INNER}\*\*(?!\*)`,
    String.raw`__${INNER}__(?!_)`,
    String.raw`~~${INNER}~~`,
    String.raw`\*(?=\S)${INNER}\*`,
    String.raw`(?<![\p{L}\p{N}])_(?=\S)${INNER}_(?![\p{L}\p{N}])`,
    String.raw`\|\|${INNER}\|\|`,
  ].join("|"),
  "u",
);

function inline(text) {
  const out = [];
  let rest = text;
  for (let hit; (hit = INLINE.exec(rest)); rest = rest.slice(hit.index + hit[0].length)) {
    if (hit.index) out.push(rest.slice(0, hit.index));
    const [, escaped, , code, label, address, inside, bare, loud, bold, underlined, struck, slanted, italic, spoiler] = hit;
    if (escaped !== undefined) out.push(escaped);
    else if (code !== undefined) out.push(el("code", null, code.trim() || code));
    else if (label !== undefined) out.push(link(address, inline(label)));
    else if (inside !== undefined) out.push(token(inside));
    else if (bare !== undefined) out.push(link(bare, bare));
    else if (loud !== undefined) out.push(el("span.mention.loud", null, loud));
    else if (bold !== undefined) out.push(el("strong", null, inline(bold)));
    else if (underlined !== undefined) out.push(el("u", null, inline(underlined)));
    else if (struck !== undefined) out.push(el("s", null, inline(struck)));
    else if (spoiler !== undefined) out.push(el("span.spoiler", null, inline(spoiler)));
    else out.push(el("em", null, inline(slanted ?? italic)));
  }
  if (rest) out.push(rest);
  return out;
}

// What begins a line, and what becomes of the lines that begin so.
const LINES = [
  [/^> ?(.*)$/, (lines) => el("blockquote", null, inline(lines.join("\n")))],
  [/^-# (.+)$/, (lines) => lines.map((line) => el("p.subtext", null, inline(line)))],
  [/^#{1,3} (.+)$/, (lines) => lines.map((line) => el("p.heading", null, inline(line)))],
  [/^\s*[-*] (.+)$/, (lines) => el("ul", null, lines.map((line) => el("li", null, inline(line))))],
];

export function markdown(text) {
  const out = [];
  for (const part of String(text ?? "").split(/(```[\s\S]+?```)/)) {
    const fenced = /^```(?:\w+\n)?([\s\S]+)```$/.exec(part);
    if (fenced) {
      out.push(el("pre", null, fenced[1].replace(/^\n/, "")));
      continue;
    }
    let kind = null;
    let lines = [];
    const flush = () => {
      // Two lines of different kinds are blocks already; the break between them is not shown twice.
      if (kind) out.push(kind[1](lines));
      else if (lines.join("").length) out.push(el("p", null, inline(lines.join("\n"))));
      lines = [];
    };
    for (const line of part.split("\n")) {
      const next = LINES.find(([begins]) => begins.test(line)) ?? null;
      if (next !== kind) flush();
      kind = next;
      lines.push(next ? next[0].exec(line)[1] : line);
    }
    flush();
  }
  return out.flat(2);
}

// Without any marks, for headlines and for who hears the page.
export const plain = (text) => markdown(text).map((node) => node.textContent ?? node).join(" ").replace(/\s+/g, " ").trim();
