// "Are you sure?", in the words that came with the button.

import { $, el } from "./dom.js";
import { textOf } from "./text.js";
import { word } from "./words.js";

// Resolves to whether the person wants it; nothing to confirm is a yes.
export function sure(confirm) {
  if (!confirm) return true;
  const dialog = $("sure");
  return new Promise((done) => {
    const end = (yes) => {
      dialog.onclose = null;
      if (dialog.open) dialog.close();
      done(yes);
    };
    dialog.replaceChildren(el("form", { onsubmit: (event) => (event.preventDefault(), end(true)) },
      el("header", null, el("h3", { id: "sure-title" }, textOf(confirm.title))),
      el("div.view", null, el("p", null, textOf(confirm.text))),
      el("footer", null,
        el("button.button", { type: "button", autofocus: true, onclick: () => end(false) }, confirm.deny ? textOf(confirm.deny) : word("cancel")),
        el("button.button.primary", { type: "submit" }, confirm.confirm ? textOf(confirm.confirm) : word("yes")))));
    dialog.onclose = () => end(false);
    dialog.showModal();
  });
}
