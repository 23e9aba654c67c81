// One review or question as customers see it, with the owner's answer under it.

import { tell } from "./api.js";
import { el } from "./dom.js";
import { face } from "./people.js";
import { when } from "./text.js";
import { word } from "./words.js";

export const stars = (n) => el("span.rating", { role: "img", "aria-label": word("starsOf", n) }, "★".repeat(n), el("span.off", null, "★".repeat(5 - n)));
const at = (iso) => el("time.hint", { datetime: iso }, when(Date.parse(iso) / 1000, "{date_short_pretty} {time}"));
const LONG = 420;
const CUT = 320;

// `editor` is {open, set(id)}: at most one review is being changed.
export function review(site, item, editor, judges) {
  const kind = item.kind && item.kind !== "review" && el("span.badge", null, word(item.kind));
  const changed = item.edited || (item.updated && item.updated !== item.created);
  return el(item.removed ? "article.item.gone" : "article.item", { tabIndex: -1, "data-id": item.id, "aria-label": `${item.author}, ${item.place}` },
    el("header", null, face(item.author, item.author),
      el("p.by", null, el("strong", null, item.author), el("span.hint", null, item.place)),
      at(item.created)),
    el("p.line", null, item.stars ? stars(item.stars) : null, kind, changed && el("span.hint", null, word("changed")), item.removed && el("span.badge", null, word("removed"))),
    editor.open === item.id ? form(site, item, editor) : words(item),
    item.reply && answer(site, item, judges),
    !item.removed && editor.open !== item.id && el("p.row.small", null,
      el("span.hint", null, word("asCustomer")),
      el("button", { type: "button", "data-focus": "edit", onclick: () => editor.set(item.id) }, word("edit")),
      el("button", { type: "button", "data-focus": "remove", onclick: () => tell("sites/remove", { site, id: item.id }, /^no such/) }, word("remove"))));
}

function words(item) {
  if (!item.text) return el("p.words.hint", null, word("noWords"));
  const letters = [...item.text];
  if (letters.length < LONG) return el("p.words", { dir: "auto" }, item.text);
  return el("details.words", null,
    el("summary", { dir: "auto" }, el("span.cut", null, `${letters.slice(0, CUT).join("")} … `), el("span.whole", null, word("wholeText")), el("span.less", null, word("lessText"))),
    el("p", { dir: "auto" }, item.text));
}

function answer(site, item, judges) {
  const reply = item.reply;
  const mark = reply.state || "published";
  const times = item.puts === undefined ? word("publications", item.publications) : word("puts", item.puts);
  const judge = (verdict, label) => el("button", { type: "button", "data-focus": verdict, onclick: () => tell("sites/moderate", { site, id: item.id, verdict }) }, word(label));
  return el(`div.answer.${mark.toLowerCase()}`, null,
    el("header", null, el("strong", null, word("answerFrom")), at(reply.updated || reply.published)),
    el("p.words", { dir: "auto" }, reply.text),
    el("p.line", null, el("span.badge", null, word(mark)), el("span.hint", null, times)),
    reply.policy_violation && el("p.error", null, reply.policy_violation),
    judges && reply.state && el("p.row.small", null, el("span.hint", null, word("asPortal")),
      reply.state !== "APPROVED" && judge("approve", "approve"), reply.state !== "REJECTED" && judge("reject", "reject")));
}

function form(site, item, editor) {
  const text = el("textarea", { rows: "4", "aria-label": word("text"), "data-focus": "edit" });
  text.value = item.text || "";
  const select = item.stars && el("select", { "aria-label": word("stars") }, [1, 2, 3, 4, 5].map((n) => el("option", { value: String(n) }, "★".repeat(n))));
  if (select) select.value = String(item.stars);
  const leave = () => editor.set(null);
  const save = async (event) => {
    event.preventDefault();
    const done = await tell("sites/edit", { site, id: item.id, text: text.value, stars: select ? Number(select.value) : undefined });
    if (done?.ok) leave();
  };
  return el("form", { onsubmit: save }, text,
    el("p.row.end", null, select, el("button", { type: "button", onclick: leave }, word("cancel")), el("button.primary", { type: "submit" }, word("save"))));
}
