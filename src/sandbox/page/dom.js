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

export function options(select, list, chosen) {
  const now = chosen ?? select.value;
  select.replaceChildren(...list.map(([value, label]) => el("option", { value }, label)));
  if (list.some(([value]) => value === now)) select.value = now;
}

let hush;
export function toast(text) {
  const box = $("toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(hush);
  hush = setTimeout(() => (box.hidden = true), 6000);
}
