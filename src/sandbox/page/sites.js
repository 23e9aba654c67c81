// The right half: the review sites as customers see them, with their moderation, and the faults of all three sides.

import { tell } from "./api.js";
import { currentRoom, slackState } from "./chat.js";
import { $, el, options, sync } from "./dom.js";
import { setNow, when } from "./text.js";
import { language, word } from "./words.js";

let state = null;
let site = "google";
let editing = null;

const FAULTS = {
  google: ["rate_limit", "server_error", "answer_lost", "request_lost", "slow", "unauthorized_once", "deny", "quota"],
  slack: ["rate_limit", "server_error", "answer_lost", "request_lost", "slow"],
};
FAULTS.shop = FAULTS.google;

const places = () => (site === "google" ? state.google.locations : state.shop.products);
const listOf = (place) => place.reviews || place.items;

export function showSites(next) {
  state = next;
  if (state.now) setNow(state.now);
  redrawSites();
}

export function redrawSites() {
  drawFaults();
  if (!state) return;
  for (const tab of ["google", "shop"]) {
    $(`tab-${tab}`).setAttribute("aria-selected", String(tab === site));
    $(`tab-${tab}`).tabIndex = tab === site ? 0 : -1;
  }
  $("site-body").setAttribute("aria-labelledby", `tab-${site}`);
  const names = places().map((p) => [p.id, p.name]);
  options($("place"), names);
  options($("filter"), [["", word("all")], ...names]);
  $("kind-box").hidden = site === "google";
  options($("kind"), [["review", word("review")], ["question", word("question")]]);
  drawStars();
  drawItems();
}

function drawStars() {
  const asks = site === "shop" && $("kind").value === "question";
  $("stars").hidden = asks;
  if ($("stars").dataset.sign === language()) return;
  $("stars").dataset.sign = language();
  const chosen = $("stars").querySelector("input:checked")?.value ?? "5";
  $("stars").querySelectorAll("label").forEach((old) => old.remove());
  for (const n of [1, 2, 3, 4, 5]) {
    const tick = el("input", { type: "radio", name: "stars", value: String(n), "aria-label": word("starsOf", n) });
    tick.checked = String(n) === chosen;
    $("stars").append(el("label", null, tick, el("span", { "aria-hidden": "true" }, "★")));
  }
}

function drawItems() {
  const all = places()
    .filter((p) => !$("filter").value || p.id === $("filter").value)
    .flatMap((p) => listOf(p).map((item) => ({ ...item, place: p.name })));
  all.sort((a, b) => b.created.localeCompare(a.created) || b.id.localeCompare(a.id));
  const entries = all.map((item) => ({
    key: `${site}-${item.id}`,
    sign: JSON.stringify([item, language(), editing === item.id]),
    make: () => card(item),
  }));
  const none = { key: "none", sign: language(), make: () => el("p.empty", null, word("empty")) };
  sync($("items"), entries.length ? entries : [none]);
}

const rating = (n) => el("span.rating", { role: "img", "aria-label": word("starsOf", n) }, "★".repeat(n), el("span.off", null, "★".repeat(5 - n)));
const at = (iso) => el("time.hint", { datetime: iso }, when(Date.parse(iso) / 1000, "{date_short_pretty} {time}"));

function card(item) {
  const kind = item.kind && item.kind !== "review" ? el("span.badge", null, word(item.kind)) : null;
  const changed = item.edited || (item.updated && item.updated !== item.created);
  return el(item.removed ? "article.item.gone" : "article.item", null,
    el("header", null, item.stars ? rating(item.stars) : null, kind, el("strong", null, item.author), at(item.created),
      changed && el("span.hint", null, word("edited")), item.removed && el("span.badge", null, word("removed"))),
    el("p.hint", null, item.place),
    editing === item.id ? editor(item) : words(item),
    item.reply && answer(item),
    !item.removed && editing !== item.id && el("p.row.small", null,
      el("button", { type: "button", "data-focus": "edit", onclick: () => ((editing = item.id), drawItems()) }, word("edit")),
      el("button", { type: "button", onclick: () => tell("sites/remove", { site, id: item.id }) }, word("remove"))));
}

function words(item) {
  if (!item.text) return el("p.words.hint", null, word("noWords"));
  if ([...item.text].length < 420) return el("p.words", { dir: "auto" }, item.text);
  return el("details.words", null, el("summary", { dir: "auto" }, `${[...item.text].slice(0, 320).join("")} …`), el("p", { dir: "auto" }, item.text));
}

function answer(item) {
  const reply = item.reply;
  const mark = reply.state || "published";
  const times = site === "google" ? word("puts", item.puts) : word("publications", item.publications);
  return el(`div.answer.${mark.toLowerCase()}`, null,
    el("header", null, el("strong", null, word("answerFrom")), at(reply.updated || reply.published), el("span.badge", null, word(mark)), el("span.hint", null, times)),
    el("p.words", { dir: "auto" }, reply.text),
    reply.policy_violation && el("p.error", null, reply.policy_violation),
    reply.state && el("p.row.small", null,
      reply.state !== "APPROVED" && el("button", { type: "button", onclick: () => tell("sites/moderate", { id: item.id, verdict: "approve" }) }, word("approve")),
      reply.state !== "REJECTED" && el("button", { type: "button", onclick: () => tell("sites/moderate", { id: item.id, verdict: "reject" }) }, word("reject"))));
}

function editor(item) {
  const text = el("textarea", { rows: "4", "aria-label": word("text"), "data-focus": "edit" });
  text.value = item.text || "";
  const stars = item.stars && el("select", { "aria-label": word("stars") }, [1, 2, 3, 4, 5].map((n) => el("option", { value: String(n) }, "★".repeat(n))));
  if (stars) stars.value = String(item.stars);
  const leave = () => ((editing = null), drawItems());
  const save = async (event) => {
    event.preventDefault();
    await tell("sites/edit", { site, id: item.id, text: text.value, stars: stars ? Number(stars.value) : undefined });
    leave();
  };
  return el("form", { onsubmit: save }, text,
    el("p.row.end", null, stars, el("button", { type: "button", onclick: leave }, word("cancel")), el("button.primary", { type: "submit" }, word("save"))));
}

export function drawFaults() {
  const chat = slackState();
  const sides = [["google", "Google"], ["shop", word("shop")], ...(chat ? [["slack", word("chat")]] : [])];
  options($("fault-site"), sides);
  options($("fault-name"), FAULTS[$("fault-site").value || "google"].map((name) => [name, word(name)]));
  const active = [...(state?.faults || []), ...(chat?.faults || []).map((f) => ({ site: "slack", ...f }))];
  $("trouble-count").textContent = active.length ? word("active", active.length) : "";
  const label = (f) => `${sides.find(([id]) => id === f.site)?.[1] || f.site}: ${word(f.name)}${f.method ? ` ${f.method}` : ""} ${f.count ?? f.left ? `× ${f.count ?? f.left}` : ""}`;
  sync($("faults"), active.map((f, n) => ({ key: String(n), sign: label(f), make: () => el("li", null, label(f)) })));
  const room = currentRoom();
  $("archive").textContent = word(room?.archived ? "unarchive" : "archive");
  $("archive").hidden = $("delete").hidden = !room;
}

async function write(event) {
  event.preventDefault();
  const kind = site === "shop" ? $("kind").value : undefined;
  const stars = kind === "question" ? undefined : Number($("stars").querySelector("input:checked").value);
  const done = await tell("sites/write", { site, place: $("place").value, author: $("author").value, stars, kind, text: $("text").value });
  if (!done?.ok) return;
  $("text").value = "";
  $("write-box").open = false;
}

export function startSites() {
  const show = (tab) => {
    site = tab;
    editing = null;
    $("filter").value = "";
    $("items").replaceChildren();
    redrawSites();
  };
  for (const tab of ["google", "shop"]) {
    $(`tab-${tab}`).addEventListener("click", () => show(tab));
    $(`tab-${tab}`).addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      show(site === "google" ? "shop" : "google");
      $(`tab-${site}`).focus();
    });
  }
  $("filter").addEventListener("change", drawItems);
  $("kind").addEventListener("change", drawStars);
  $("write").addEventListener("submit", write);
  $("fault-site").addEventListener("change", drawFaults);
  $("fault").addEventListener("submit", (event) => {
    event.preventDefault();
    const target = $("fault-site").value === "slack" ? "slack" : "sites";
    const what = { name: $("fault-name").value, count: Number($("fault-count").value) || 1, retry_after: 5, ms: 3000 };
    tell(`${target}/fault`, target === "slack" ? what : { site: $("fault-site").value, ...what });
  });
  $("heal").addEventListener("click", () => {
    tell("sites/heal", {});
    if (slackState()) tell("slack/heal", {});
  });
}
