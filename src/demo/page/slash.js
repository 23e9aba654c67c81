// What is offered while somebody types a command: the app's words with what they do, and then the values that the app
// itself suggests, where the chat asks it for them.

import { $, el } from "./dom.js";
import { language } from "./words.js";

const about = (o) => o.description_localizations?.[language()] ?? o.description ?? "";

// `box` and `list` are the ids of the field and of what is offered above it. `suggest(path, option, typed)` brings the
// values for a word half typed; a chat without it has none. `bare` says that a command may be sent without any word.
export function slash({ box: boxId, list: listId, suggest, bare }) {
  const box = () => $(boxId);
  const list = () => $(listId);
  let commands = [];
  let offered = [];
  let at = -1;
  let asked = 0;

  function learn(known) {
    commands = known.flatMap((c) => {
      const inner = (c.options || []).filter((o) => o.type === 1);
      const words = inner.map((o) => ({ ...o, path: `/${c.name} ${o.name}` }));
      return !words.length || bare ? [{ ...c, options: inner.length ? [] : c.options, path: `/${c.name}` }, ...words] : words;
    });
  }

  // A value may be typed without its name where there is only one, or one that is required.
  function whole(text) {
    const found = commands.find((c) => text.startsWith(`${c.path} `));
    const needed = found?.options?.filter((o) => o.required || found.options.length === 1) ?? [];
    const option = needed.length === 1 && needed[0].name;
    const rest = found && text.slice(found.path.length).trim();
    return option && rest && !rest.startsWith(`${option}:`) ? `${found.path} ${option}:${rest}` : text;
  }

  async function offer() {
    const text = box().value;
    const turn = (asked += 1);
    let next = [];
    if (text.startsWith("/")) {
      const found = suggest && commands.find((c) => text.startsWith(`${c.path} `) && c.options?.some((o) => o.autocomplete));
      if (found) {
        const option = found.options.find((o) => o.autocomplete);
        const typed = text.slice(found.path.length).trim().replace(new RegExp(`^${option.name}:`), "");
        // What is drawn belongs to the word as it was before: it may be looked at, but Enter must not take it.
        at = -1;
        draw();
        const choices = await suggest(found.path, option.name, typed);
        if (turn !== asked) return;
        next = choices.map((c) => ({ text: `${found.path} ${option.name}:${c.value}`, label: c.name, about: "" }));
      } else {
        next = commands.filter((c) => c.path.startsWith(text.trimEnd())).map((c) => ({ text: c.options?.length ? `${c.path} ` : c.path, label: c.path, about: about(c) }));
      }
    }
    show(next, suggest ? whole(text) : text);
  }

  // Whoever has typed one of them already sends it with Enter; the others are still there to go to.
  function show(next, typed) {
    const done = next.some((o) => o.text.trimEnd() === typed.trimEnd());
    offered = next.filter((o) => o.text.trimEnd() !== typed.trimEnd());
    at = offered.length && !done ? 0 : -1;
    draw();
  }

  function draw() {
    list().hidden = offered.length === 0;
    list().replaceChildren(...offered.map((o, n) => el("li", {
      id: `${listId}-${n}`, role: "option", "aria-selected": String(n === at), onpointerdown: (event) => (event.preventDefault(), take(n)),
    }, el("strong", null, o.label), o.about && el("span.hint", null, o.about))));
    if (at >= 0) box().setAttribute("aria-activedescendant", `${listId}-${at}`);
    else box().removeAttribute("aria-activedescendant");
    list().children[at]?.scrollIntoView({ block: "nearest" });
  }

  function take(n) {
    box().value = offered[n].text;
    box().focus();
    offer();
  }

  const shut = () => {
    asked += 1;
    show([], "");
  };

  function start() {
    box().addEventListener("input", offer);
    box().addEventListener("blur", shut);
    box().addEventListener("keydown", (event) => {
      if (!offered.length || event.isComposing) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        at = at < 0 ? (step > 0 ? 0 : offered.length - 1) : (at + step + offered.length) % offered.length;
        draw();
      } else if (at >= 0 && (event.key === "Enter" || event.key === "Tab")) take(at);
      else if (event.key === "Escape") shut();
      else return;
      event.preventDefault();
    });
  }

  return { learn, whole, shut, start };
}
