// The customer's form: stars first, then words.

import { tell } from "./api.js";
import { $, did, el, options } from "./dom.js";
import { turnTo } from "./sides.js";
import { language, word } from "./words.js";

let site = null;
let kinds = [];
let written = () => {};

export function drawWrite(at) {
  const other = site !== at.site;
  ({ site, kinds } = at);
  options($("place"), at.places, other && at.chosen ? at.chosen : undefined);
  options($("kind"), kinds.map((kind) => [kind, word(kind)]));
  $("kind-box").hidden = kinds.length < 2;
  drawStars();
  drawName();
}

// A name stands there already, so that one can write at once.
function drawName() {
  if ($("author").dataset.given === $("author").value || !$("author").value) $("author").value = $("author").dataset.given = word("authorName");
}

function drawStars() {
  $("stars").hidden = $("kind").value !== "review";
  if ($("stars").dataset.sign === language()) return;
  $("stars").dataset.sign = language();
  const chosen = $("stars").querySelector("input:checked")?.value ?? "2";
  $("stars").querySelectorAll("label").forEach((old) => old.remove());
  for (const n of [1, 2, 3, 4, 5]) {
    const tick = el("input", { type: "radio", name: "stars", value: String(n), "aria-label": word("starsOf", n) });
    tick.checked = String(n) === chosen;
    $("stars").append(el("label", null, tick, el("span", { "aria-hidden": "true" }, "★")));
  }
}

async function write(event) {
  event.preventDefault();
  const kind = $("kind").value;
  const given = kind !== "review" ? undefined : Number($("stars").querySelector("input:checked").value);
  const done = await tell("sites/write", { site, place: $("place").value, author: $("author").value, stars: given, kind, text: $("text").value });
  if (!done?.ok) return;
  $("text").value = "";
  $("write-box").open = false;
  $("write-box").querySelector("summary").focus();
  did("write");
  written(done.id);
}

export function openWrite() {
  turnTo("sites");
  $("write-box").open = true;
  $("text").focus();
}

export function startWrite(onWritten) {
  written = onWritten;
  $("kind").addEventListener("change", drawStars);
  $("write").addEventListener("submit", write);
  $("write-box").addEventListener("toggle", () => $("write-box").open && !$("write-box").contains(document.activeElement.closest("form")) && $("text").focus());
}
