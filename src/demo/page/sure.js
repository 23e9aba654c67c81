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
    // The event of an earlier question may come only now.
    dialog.onclose = () => dialog.open || end(false);
    dialog.showModal();
  });
}

const plain = (key) => ({ type: "plain_text", text: word(key) });

// Whether a form may be closed: nothing was written in it, or the person wants to throw it away. What a form came with,
// say a draft that was kept, is not lost by closing it.
export function keepsNothing(dialog) {
  const typed = [...dialog.querySelectorAll("textarea, input:is([type=text], [type=number])")].some((box) => box.value.trim() && box.value !== (box.dataset.came ?? ""));
  return typed ? sure({ title: plain("discardTitle"), text: plain("discardText"), confirm: plain("discard"), deny: plain("keepWriting") }) : true;
}

// Escape only asks. It is caught as a key, for a browser lets a page refuse to close a dialog only once.
export function closesWith(dialog, leave) {
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    leave();
  });
  dialog.addEventListener("cancel", (event) => {
    if (event.target !== dialog) return;
    event.preventDefault();
    leave();
  });
}
