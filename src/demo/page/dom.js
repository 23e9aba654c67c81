// Building the page from text nodes only: no word from outside is ever read as markup.

export const $ = (id) => document.getElementById(id);

// el("a.link", {href, onclick}, "text", node, …); null children are left out.
export function el(kind, attributes, ...children) {
  const [tag, ...classes] = kind.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

// Only addresses that open a page or a mail; anything else stays words.
export function safe(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export function link(address, ...children) {
  const href = safe(address);
  return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children) : el("span", null, ...children);
}

// Brings the children of `box` to `wanted` ([{key, sign, make}]), touching only what changed, so that focus, selection
// and open menus survive the arrival of other things.
export function sync(box, wanted) {
  const old = new Map([...box.children].map((node) => [node.dataset.key, node]));
  let at = box.firstElementChild;
  for (const { key, sign, make } of wanted) {
    let node = old.get(key);
    old.delete(key);
    if (!node || node.dataset.sign !== sign) {
      const fresh = make();
      fresh.dataset.key = key;
      fresh.dataset.sign = sign;
      if (node) {
        const focus = node.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
        if (at === node) at = fresh;
        node.replaceWith(fresh);
        if (focus) refocus(fresh, focus);
      }
      node = fresh;
    }
    if (node === at) at = at.nextElementSibling;
    else box.insertBefore(node, at);
  }
  for (const node of old.values()) node.remove();
}

// The pressed button may be gone with the card's new state: then the first button of the card takes the focus.
function refocus(node, focus) {
  const same = [...node.querySelectorAll("[data-focus]")].find((n) => n.dataset.focus === focus);
  (same || node.querySelector("[data-focus]"))?.focus();
}

// Whether the focus is nowhere. In a form that has closed it stays until the browser draws again, if the button that
// opened the form is gone.
export function adrift() {
  const now = document.activeElement;
  return !now || now === document.body || Boolean(now.closest("dialog:not([open])"));
}

// Redrawn only when the list is another: an open select would close under the person's hands.
export function options(select, list, chosen) {
  const now = chosen ?? select.value;
  const sign = JSON.stringify(list);
  if (select.dataset.sign === sign) {
    if (chosen !== undefined && list.some(([value]) => value === chosen)) select.value = chosen;
    return;
  }
  select.dataset.sign = sign;
  select.replaceChildren(...list.map(([value, label]) => el("option", { value }, label)));
  if (list.some(([value]) => value === now)) select.value = now;
}

let hush;
export function toast(text) {
  const box = $("toast");
  box.textContent = text;
  // Shown anew, it lies above a form that was opened since.
  if (box.matches(":popover-open")) box.hidePopover();
  box.showPopover();
  clearTimeout(hush);
  hush = setTimeout(() => box.hidePopover(), 7000);
}

// For who hears the page: one short sentence at a time, and never more than the last of a burst.
let pending;
export function announce(text) {
  clearTimeout(pending);
  pending = setTimeout(() => ($("announce").textContent = text), 400);
}

const SHAPES = {
  close: "M4 4l8 8M12 4l-8 8", down: "M8 3v9.5M4 8.5l4 4 4-4", check: "M3 8.5l3.3 3.3L13 5", back: "M10 3L5 8l5 5",
  thread: "M2.5 3.5h11v7H8l-3.5 3v-3h-2z", trash: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01", bolt: "M9 1.8L3.5 9H8l-1 5.2L12.5 7H8z", out: "M9 3h4v4M13 3L7.5 8.5M11 9.5V13H3V5h3.5", reply: "M7 4L3 8l4 4M3 8h6a4 4 0 0 1 4 4", menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11", lock: "M4 7.5h8v6H4zM5.8 7.5V5a2.2 2.2 0 0 1 4.4 0v2.5",
  eye: "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 6.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2",
};

export function icon(name) {
  const make = (kind, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", kind);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const picture = make("svg", { viewBox: "0 0 16 16", class: "sign", "aria-hidden": "true" });
  picture.append(make("path", { d: SHAPES[name] }));
  return picture;
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Brings a node into view and marks it for a moment.
export function point(node, where = "center") {
  node.scrollIntoView({ block: where, behavior: calm() ? "auto" : "smooth" });
  mark(node);
}

export function mark(node) {
  node.classList.remove("fresh");
  void node.offsetWidth;
  node.classList.add("fresh");
  setTimeout(() => node.classList.remove("fresh"), 3000);
}

// One of the three suggestions was tried.
export const did = (what) => document.dispatchEvent(new CustomEvent("did", { detail: what }));
