// Building and updating the page. Content only ever becomes text nodes: nothing here parses HTML.

// An element. `props`: class, text, on (listeners), data, and any attribute; true sets it bare, false, null leave it out.
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function set(node, name, value) {
  if (value === false || value === null || value === undefined) return;
  if (name === "text") node.textContent = value;
  else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  else if (name === "data") Object.assign(node.dataset, value);
  else if (name === "value") node.value = value;
  else node.setAttribute(name === "className" ? "class" : name, value === true ? "" : value);
}

const SHAPES = {
  sun: "M12 4V2m0 20v-2m8-8h2M2 12h2m13.7-5.7 1.400-1.400M4.900 19.100l1.400-1.400m0-11.400L4.900 4.900m14.200 14.200-1.400-1.400M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500Z",
  send: "M4 12 20 4l-5 16-3.500-6.500L4 12Zm7.500 1.500L20 4",
  close: "M6 6l12 12M18 6 6 18",
  plus: "M12 5v14M5 12h14",
  hash: "M9 4 7 20M17 4l-2 16M4.500 9h16M3.500 15h16",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6v-9Z",
  thread: "M5 6h14M5 11h9M5 16h6m5-1.500a2.500 2.500 0 1 1 0 5",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12Zm12.500 0a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  power: "M12 3v8m5.700-5.200a8 8 0 1 1-11.400 0",
  app: "M5 5h6v6H5V5Zm8 0h6v6h-6V5Zm-8 8h6v6H5v-6Zm8 0h6v6h-6v-6Z",
  clock: "M12 7.500V12l3 2m6-2a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
  info: "M12 11v5m0-8.500v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
  check: "m5 12.500 4.500 4.500L19 7.500",
  picture: "M4 5h16v14H4V5Zm0 11 5-5 4 4 3-3 4 4",
  clip: "M19 11.500 12 18.500a4.200 4.200 0 0 1-6-6L13.500 5a2.800 2.800 0 0 1 4 4L10 16.500a1.400 1.400 0 0 1-2-2l6.500-6.500",
  file: "M7 3.500h7l4 4v13H7v-17Zm7 0v4h4",
  edit: "m5 19 1-4L16 5l3 3L9 18l-4 1Z",
  mail: "M3.500 5.500h17v13h-17v-13Zm0 .5 8.500 7 8.500-7",
  back: "M19 12H5m6-6-6 6 6 6",
  reply: "M9 6 4 11l5 5m-5-5h9a7 7 0 0 1 7 7v1",
  away: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500Z",
  trash: "M5 7h14M10 7V4h4v3m-7 0 1 13h8l1-13",
};

// A line drawing of ours, 24 by 24. Decoration: whoever uses it says what it means.
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true" })) svg.setAttribute(key, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

// A round picture of somebody: initials on a colour that stays theirs.
export function avatar(name, kind = "") {
  const letters = [...name.trim()].length ? [...name.trim()][0].toUpperCase() : "?";
  let sum = 0;
  for (const sign of name) sum = (sum * 31 + sign.codePointAt(0)) % 997;
  return el("span", { class: `avatar tint-${sum % 8} ${kind}`, "aria-hidden": "true", text: letters });
}

// Makes the children of `container` those of `items`, touching only what differs: the rest keeps focus, scroll, selection.
// An item is {key, deps, draw}: it is drawn again when one of its deps is another value than the last time.
export function keyed(container, items) {
  const known = container.items ?? new Map();
  const next = new Map();
  // What goes, goes first: behind it everything that stays would be moved, and what is moved loses the focus.
  const staying = new Set(items.map((item) => item.key));
  for (const [key, { node }] of known) {
    if (!staying.has(key)) node.remove();
  }
  let at = container.firstElementChild;
  for (const item of items) {
    let entry = known.get(item.key);
    if (entry === undefined || changed(entry.deps, item.deps)) {
      const node = item.draw();
      node.dataset.key = item.key;
      if (entry !== undefined) {
        if (entry.node === at) at = node;
        swap(entry.node, node);
      }
      entry = { deps: item.deps, node };
    }
    known.delete(item.key);
    next.set(item.key, entry);
    if (entry.node === at) at = at.nextElementSibling;
    else container.insertBefore(entry.node, at);
  }
  container.items = next;
}

const changed = (before, now) => before.length !== now.length || before.some((value, index) => value !== now[index]);

// Puts `node` in the place of `old`; whoever stood on a button there stands on the same one afterwards.
export function swap(old, node) {
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const typed = active?.selectionStart;
  old.replaceWith(node);
  if (active?.dataset.focus === undefined) return;
  const same = [...node.querySelectorAll("[data-focus]")].find((each) => each.dataset.focus === active.dataset.focus);
  same?.focus();
  if (typeof typed === "number" && typeof same?.selectionStart === "number") same.setSelectionRange(typed, typed);
}

const NEAR = 60; // pixels from its end at which a list counts as read to the end

// Runs `update`, and keeps a list at its end if it was there; so does whatever changes its size later.
export function sticking(list, update, force = false) {
  if (list.atEnd === undefined) {
    list.addEventListener("scroll", () => { list.atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR; });
    const stay = () => { if (list.atEnd) list.scrollTop = list.scrollHeight; };
    new ResizeObserver(stay).observe(list);
    list.addEventListener("load", stay, true); // a picture has its height only when it is there
  }
  if (force) list.atEnd = true;
  update();
  if (list.atEnd) list.scrollTop = list.scrollHeight;
}

// The element itself sets the text's direction, by its first letter with one.
export const words = (text, props = {}) => el("span", { dir: "auto", ...props, text });
