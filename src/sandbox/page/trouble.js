// What can go wrong outside: the named faults as one press each, and every single one under "more".

import { tell } from "./api.js";
import { $, did, el, icon, options, sync } from "./dom.js";
import { siteFaults } from "./sites.js";
import { currentRoom, slackState } from "./slack.js";
import { language, word } from "./words.js";

const OF_SITES = ["rate_limit", "server_error", "answer_lost", "request_lost", "slow", "unauthorized_once", "deny", "quota"];
const OF_CHAT = ["rate_limit", "server_error", "answer_lost", "request_lost", "slow"];

let named = null; // the demo's; without a demo there are only the single ones

export function learnFaults(list) {
  named = list;
  drawTrouble();
}

export function drawTrouble() {
  const chat = slackState();
  const sides = [["google", "Google"], ["shop", word("shop")], ...(chat ? [["slack", word("chat")]] : [])];
  options($("fault-site"), sides);
  options($("fault-name"), ($("fault-site").value === "slack" ? OF_CHAT : OF_SITES).map((name) => [name, word(name)]));
  const waiting = [...siteFaults(), ...(chat?.faults || []).map((f) => ({ site: "slack", ...f }))];
  const label = (f) => `${sides.find(([id]) => id === f.site)?.[1] || f.site}: ${word(f.name)}${f.method ? ` ${f.method}` : ""} ${f.count ? `× ${f.count}` : ""}`;
  sync($("faults"), waiting.map((f, n) => ({ key: String(n), sign: label(f), make: () => el("li", null, label(f)) })));
  sync($("named"), (named || []).map((f) => ({ key: f.name, sign: JSON.stringify([f, language()]), make: () => fault(f) })));
  const room = currentRoom();
  $("archive").textContent = word(room?.archived ? "unarchive" : "archive");
  $("archive").hidden = $("delete").hidden = !room;
  const active = Math.max((named || []).filter((f) => f.active).length, waiting.length);
  $("heal").hidden = Boolean(named) && active === 0;
  $("trouble-open").replaceChildren(icon("bolt"), word("trouble"), active > 0 && el("span.pip", null, word("active", active)) || "");
}

function fault(f) {
  const id = `fault-${f.name}`;
  const active = f.active && el("span.sr", null, ` (${word("isActive")})`);
  return el(f.active ? "button.fault.active" : "button.fault", {
    type: "button", "aria-labelledby": id, "aria-describedby": `${id}-hint`, "data-fault": f.name, "data-focus": f.name, onclick: () => inject(f.name),
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
    const target = $("fault-site").value === "slack" ? "slack" : "sites";
    const what = { name: $("fault-name").value, count: Number($("fault-count").value) || 1, retry_after: 5, ms: 3000 };
    const done = await tell(`${target}/fault`, target === "slack" ? what : { site: $("fault-site").value, ...what });
    if (done?.ok) did("break");
  });
  // The demo heals everything; where there is none, each stand-in heals its own.
  $("heal").addEventListener("click", async () => {
    ($("named").querySelector("button") || $("trouble-more").querySelector("summary")).focus();
    if (named) await tell("demo/heal", {});
    else {
      await tell("sites/heal", {});
      if (slackState()) await tell("slack/heal", {});
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
  $("trouble").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if ($("trouble-more").open) {
      $("trouble-more").open = false;
      $("trouble-more").querySelector("summary").focus();
    } else if ($("trouble").classList.contains("open")) {
      unfold(false);
      $("trouble-open").focus();
    }
  });
}
