// What can go wrong outside: the named faults as one press each, and every single one under "more".

import { tell } from "./api.js";
import { $, did, el, icon, options, sync } from "./dom.js";
import { discordState } from "./discord.js";
import { siteFaults, siteNames } from "./sites.js";
import { currentRoom, slackState } from "./slack.js";
import { language, word } from "./words.js";

const OF_SITES = ["rate_limit", "server_error", "answer_lost", "request_lost", "slow", "unauthorized_once", "deny", "quota"];
const OF_CHAT = ["rate_limit", "server_error", "answer_lost", "request_lost", "slow"];
const OF_DISCORD = [...OF_CHAT, "disconnect_sockets", "invalid_session", "deaf_socket", "duplicate_delivery"];
const PLACES = ["sites", "slack", "discord", "bot"];

let named = null; // the demo's; without a demo there are only the single ones

export function learnFaults(list) {
  named = list;
  drawTrouble();
}

export function drawTrouble() {
  const chats = { slack: slackState(), discord: discordState() };
  const sides = [...siteNames(), ["slack", "Slack"], ["discord", "Discord"]];
  options($("fault-site"), sides);
  options($("fault-name"), ({ slack: OF_CHAT, discord: OF_DISCORD }[$("fault-site").value] || OF_SITES).map((name) => [name, word(name)]));
  const waiting = [...siteFaults(), ...Object.entries(chats).flatMap(([site, chat]) => (chat?.faults || []).map((f) => ({ site, ...f })))];
  const label = (f) => `${sides.find(([id]) => id === f.site)?.[1] || f.site}: ${word(f.name)}${f.method ? ` ${f.method}` : ""} ${f.count && f.count < 1e6 ? `× ${f.count}` : ""}`;
  sync($("faults"), waiting.map((f, n) => ({ key: String(n), sign: label(f), make: () => el("li", null, label(f)) })));
  const groups = PLACES.map((place) => [place, (named || []).filter((f) => f.of === place)]).filter(([, list]) => list.length);
  sync($("named"), groups.map(([place]) => ({ key: place, sign: language(), make: () => headed(word(`place_${place}`)) })));
  for (const [place, list] of groups) {
    const box = [...$("named").children].find((node) => node.dataset.key === place).lastElementChild;
    sync(box, list.map((f) => ({ key: f.name, sign: JSON.stringify([f, language()]), make: () => fault(f) })));
  }
  const room = currentRoom();
  $("archive").textContent = word(room?.archived ? "unarchive" : "archive");
  $("archive").hidden = $("delete").hidden = !room;
  const active = Math.max((named || []).filter((f) => f.active).length, waiting.length);
  $("heal").hidden = Boolean(named) && active === 0;
  $("trouble-open").replaceChildren(icon("bolt"), word("trouble"), active > 0 && el("span.pip", null, word("active", active)) || "");
}

const headed = (name) => el("div.place", { role: "group", "aria-label": name }, el("span.place-name", { "aria-hidden": "true" }, name), el("div.faults"));

// What a fault does is told above it, and not beyond the edge of the page.
function tellAbove(event) {
  const [button, about] = [event.currentTarget, event.currentTarget.lastElementChild];
  const over = button.getBoundingClientRect().left + about.offsetWidth + 8 - document.documentElement.clientWidth;
  about.style.left = over > 0 ? `${-over}px` : "";
}

function fault(f) {
  const id = `fault-${f.name}`;
  const active = f.active && el("span.sr", null, ` (${word("isActive")})`);
  return el(f.active ? "button.fault.active" : "button.fault", {
    type: "button", "aria-labelledby": id, "aria-describedby": `${id}-hint`, "data-fault": f.name, "data-focus": f.name, onclick: () => inject(f.name), onpointerenter: tellAbove, onfocus: tellAbove,
  }, el("span", { id }, f[language()], active), el("span.about", { id: `${id}-hint` }, f[`hint_${language()}`]));
}

async function inject(name) {
  const done = await tell("demo/fault", { name });
  if (done?.ok) did("break");
}

function unfold(open) {
  $("trouble").classList.toggle("open", open);
  $("trouble-open").setAttribute("aria-expanded", String(open));
}

// For the suggestion "break something": there, open, with the focus on the first.
export function showTrouble() {
  unfold(true);
  const first = $("named").querySelector("button");
  if (!first) $("trouble-more").open = true;
  (first || $("fault-site")).focus();
}

export function startTrouble() {
  $("fault-site").addEventListener("change", drawTrouble);
  $("fault").addEventListener("submit", async (event) => {
    event.preventDefault();
    const site = $("fault-site").value;
    const target = ["slack", "discord"].includes(site) ? site : "sites";
    const what = { name: $("fault-name").value, count: Number($("fault-count").value) || 1, retry_after: 5, ms: 3000 };
    const done = await tell(`${target}/fault`, target === "sites" ? { site, ...what } : what);
    if (done?.ok) did("break");
  });
  // The demo heals everything; where there is none, each stand-in heals its own.
  $("heal").addEventListener("click", async () => {
    ($("named").querySelector("button") || $("trouble-more").querySelector("summary")).focus();
    if (named) await tell("demo/heal", {});
    else {
      for (const place of ["sites", "slack", "discord"]) await tell(`${place}/heal`, {});
    }
  });
  $("trouble-open").addEventListener("click", () => unfold(!$("trouble").classList.contains("open")));
  const shut = (event) => {
    if (!$("trouble-more").contains(event.target)) $("trouble-more").open = false;
  };
  document.addEventListener("pointerdown", shut);
  // What these do is seen in the chat, which the sheet would cover.
  for (const id of ["archive", "delete"]) $(id).addEventListener("click", () => {
    $("trouble-more").open = false;
    $("trouble-more").querySelector("summary").focus();
    did("break");
  });
  $("trouble-more").addEventListener("focusout", (event) => event.relatedTarget && shut({ target: event.relatedTarget }));
  // A press redraws what had the focus, so it is heard wherever the focus is.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if ($("trouble-more").open) {
      event.preventDefault();
      $("trouble-more").open = false;
      $("trouble-more").querySelector("summary").focus();
    } else if ($("trouble").classList.contains("open")) {
      event.preventDefault();
      unfold(false);
      $("trouble-open").focus();
    }
  });
}
