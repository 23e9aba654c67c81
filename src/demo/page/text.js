// Slack's two ways to write: mrkdwn strings and rich text elements. Both end as text nodes and links.

import { el, link } from "./dom.js";
import { language, locale, word } from "./words.js";

const world = { users: new Map(), groups: new Map(), channels: new Map() };

export function learn(state) {
  world.users = new Map((state.users || []).map((u) => [u.id, u.real_name || u.name]));
  world.groups = new Map((state.groups || []).map((g) => [g.id, g.handle]));
  world.channels = new Map((state.channels || []).map((c) => [c.id, c.name]));
}

export const nameOf = (id) => world.users.get(id);

const EMOJI = {
  warning: "⚠️", white_check_mark: "✅", x: "❌", star: "⭐", hourglass: "⏳", hourglass_flowing_sand: "⏳", eyes: "👀", bell: "🔔",
  rotating_light: "🚨", speech_balloon: "💬", question: "❓", exclamation: "❗", calendar: "📅", alarm_clock: "⏰", fire: "🔥",
  thumbsup: "👍", "+1": "👍", heart: "❤️", tada: "🎉", lock: "🔒", link: "🔗", mag: "🔍", zzz: "💤", raised_hand: "✋", wave: "👋",
  pushpin: "📌", arrow_right: "➡️", heavy_check_mark: "✔️", information_source: "ℹ️", bulb: "💡", chart_with_upwards_trend: "📈",
};

const mention = (text) => el("span.mention", null, text);
const user = (id, label) => mention(`@${world.users.get(id) || label || id}`);
const group = (id, label) => mention(`@${world.groups.get(id) || (label || id).replace(/^@/, "")}`);
const channel = (id, label) => mention(`#${world.channels.get(id) || label || id}`);

const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

// Everybody in the team has set this zone in the chat; the page's clock keeps to it, wherever the browser is.
const ZONE = "Europe/Berlin";

const formats = new Map();
function say(at, how) {
  const key = locale() + JSON.stringify(how);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale(), { timeZone: ZONE, ...how }));
  return formats.get(key).format(at);
}

const DAY = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });
const dayOf = (at) => Date.parse(DAY.format(at)) / 86400e3;

// Slack's date tokens, in the viewer's language.
export function when(seconds, format) {
  const at = new Date(seconds * 1000);
  const near = { 0: word("today"), 1: word("tomorrow"), "-1": word("yesterday") }[dayOf(at) - dayOf(now())];
  const long = { weekday: "long", year: "numeric", month: "long", day: "numeric" };
  const tokens = {
    date_num: () => say(at, { year: "numeric", month: "2-digit", day: "2-digit" }),
    date: () => say(at, { year: "numeric", month: "long", day: "numeric" }),
    date_short: () => say(at, { year: "numeric", month: "short", day: "numeric" }),
    date_long: () => say(at, long),
    date_pretty: () => near || tokens.date(),
    date_short_pretty: () => near || tokens.date_short(),
    date_long_pretty: () => near || tokens.date_long(),
    day_divider_pretty: () => near || tokens.date_long(),
    time: () => say(at, { hour: "2-digit", minute: "2-digit" }),
    time_secs: () => say(at, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    ago: () => ago(at - now()),
    // Not Slack's: the page's own clock.
    date_clock: () => say(at, { weekday: "short", day: "numeric", month: "short" }),
  };
  return format.replace(/\{(\w+)\}/g, (whole, name) => (tokens[name] ? tokens[name]() : whole));
}

// The stand-ins' clock may run ahead of the browser's.
let offset = 0;
export const now = () => Date.now() + offset;
export function setNow(iso) {
  offset = Date.parse(iso) - Date.now();
}

function ago(ms) {
  const units = [["day", 86400e3], ["hour", 3600e3], ["minute", 60e3], ["second", 1e3]];
  const [unit, size] = units.find(([, size]) => Math.abs(ms) >= size) || units[3];
  return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(Math.round(ms / size), unit);
}

function angle(inside) {
  const bar = inside.indexOf("|");
  const [target, label] = bar < 0 ? [inside, null] : [inside.slice(0, bar), unescape(inside.slice(bar + 1))];
  if (/^@[UW]/.test(target)) return user(target.slice(1), label);
  if (target.startsWith("#")) return channel(target.slice(1), label);
  if (target.startsWith("!subteam^")) return group(target.slice(9), label);
  if (target.startsWith("!date^")) {
    const [, seconds, format, address] = target.split("^");
    const text = Number.isFinite(+seconds) ? when(+seconds, unescape(format || "")) : label;
    const node = el("time", { datetime: new Date(+seconds * 1000 || 0).toISOString(), title: label }, text);
    return address ? link(unescape(address), node) : node;
  }
  if (target.startsWith("!")) return el("span.mention.loud", null, `@${target.slice(1)}`);
  return link(unescape(target), label ?? unescape(target.replace(/^mailto:/, "")));
}

const INLINE =
  /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*?\S)\*(?![\p{L}\p{N}*])|(?<![\p{L}\p{N}_])_(?=\S)([^_\n]*?\S)_(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}~])~(?=\S)([^~\n]*?\S)~(?![\p{L}\p{N}~])|:([a-z0-9_+-]+):/u;

function inline(text) {
  const out = [];
  let rest = text;
  for (let hit; (hit = INLINE.exec(rest)); rest = rest.slice(hit.index + hit[0].length)) {
    if (hit.index) out.push(unescape(rest.slice(0, hit.index)));
    const [whole, pre, code, inside, bold, italic, strike, emoji] = hit;
    if (pre !== undefined) out.push(el("pre", null, unescape(pre.replace(/^\n/, ""))));
    else if (code !== undefined) out.push(el("code", null, unescape(code)));
    else if (inside !== undefined) out.push(angle(inside));
    else if (bold !== undefined) out.push(el("strong", null, inline(bold)));
    else if (italic !== undefined) out.push(el("em", null, inline(italic)));
    else if (strike !== undefined) out.push(el("s", null, inline(strike)));
    else out.push(EMOJI[emoji] || whole);
  }
  if (rest) out.push(unescape(rest));
  return out;
}

export function mrkdwn(text) {
  const out = [];
  for (const part of text.split(/(```[\s\S]+?```)/)) {
    let quote = null;
    let plain = [];
    const flush = () => {
      if (plain.length) out.push(...inline(plain.join("\n")));
      if (quote) out.push(el("blockquote", null, inline(quote.join("\n"))));
      [plain, quote] = [[], null];
    };
    if (part.startsWith("```")) out.push(...inline(part));
    else {
      for (const line of part.split("\n")) {
        const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
        if (quoted) {
          if (!quote) flush();
          (quote ??= []).push(quoted[1]);
        } else {
          if (quote) flush();
          plain.push(line);
        }
      }
      flush();
    }
  }
  return out;
}

// A text object of Block Kit. Plain text knows emoji names and nothing else.
export function textOf(object) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text || "");
  return [(object.text || "").replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] || whole)];
}

function styled(node, style = {}) {
  if (style.code) node = el("code", null, node);
  if (style.strike) node = el("s", null, node);
  if (style.italic) node = el("em", null, node);
  if (style.bold) node = el("strong", null, node);
  return node;
}

function piece(e) {
  switch (e.type) {
    case "text": return styled(document.createTextNode(e.text), e.style);
    case "link": return styled(link(e.url, e.text || e.url), e.style);
    case "user": return styled(user(e.user_id), e.style);
    case "usergroup": return styled(group(e.usergroup_id), e.style);
    case "channel": return styled(channel(e.channel_id), e.style);
    case "broadcast": return el("span.mention.loud", null, `@${e.range}`);
    case "emoji": return EMOJI[e.name] || (e.unicode ? String.fromCodePoint(...e.unicode.split("-").map((u) => parseInt(u, 16))) : `:${e.name}:`);
    case "date": {
      const time = el("time", { datetime: new Date(e.timestamp * 1000).toISOString(), title: e.fallback }, when(e.timestamp, e.format));
      return styled(e.url ? link(e.url, time) : time, e.style);
    }
    case "color": return el("code", null, e.value);
    default: return `[${e.type}]`;
  }
}

export function richText(element) {
  const inside = () => (element.elements || []).map(piece);
  switch (element.type) {
    case "rich_text_section": return el("div.rich", null, inside());
    case "rich_text_quote": return el("blockquote", null, inside());
    case "rich_text_preformatted": return el("pre", null, inside());
    case "rich_text_list": {
      const items = (element.elements || []).map((section) => el("li", null, richText(section)));
      return el(`${element.style === "ordered" ? "ol" : "ul"}.indent${element.indent || 0}`, null, items);
    }
    default: return el("div", null, `[${element.type}]`);
  }
}
