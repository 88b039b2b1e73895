// A small menu that opens at a button: arrows move, Enter chooses, Esc and a click elsewhere close it.
import { el } from "./dom.js";

let open = null;

export function closeMenu() {
  if (open === null) return;
  const { menu, anchor, outside } = open;
  open = null;
  document.removeEventListener("pointerdown", outside, true);
  const inside = menu.contains(document.activeElement);
  menu.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (inside) anchor.focus();
}

// `entries`: {label: node or text, choose, danger?}.
export function openMenu(anchor, entries) {
  const again = open?.anchor === anchor;
  closeMenu();
  if (again) return;
  const menu = el("div", { class: "menu", role: "menu", on: { keydown: (event) => steer(event, menu) } });
  for (const { label, choose, danger } of entries) {
    const pick = () => { closeMenu(); choose(); };
    menu.append(el("button", { type: "button", role: "menuitem", tabindex: "-1", class: danger ? "danger" : "", on: { click: pick } }, label));
  }
  document.body.append(menu);
  place(menu, anchor);
  const outside = (event) => { if (!menu.contains(event.target) && !anchor.contains(event.target)) closeMenu(); };
  document.addEventListener("pointerdown", outside, true);
  anchor.setAttribute("aria-expanded", "true");
  open = { menu, anchor, outside };
  menu.firstElementChild?.focus();
}

function place(menu, anchor) {
  const { left, right, top, bottom } = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = bottom + 4 + height < innerHeight;
  menu.style.top = `${below ? bottom + 4 : Math.max(8, top - height - 4)}px`;
  menu.style.left = `${Math.max(8, left + width > innerWidth - 8 ? right - width : left)}px`;
}

function steer(event, menu) {
  const entries = [...menu.children];
  const at = entries.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (to !== undefined) entries.at(to % entries.length).focus();
  else if (event.key === "Escape" || event.key === "Tab") closeMenu();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
