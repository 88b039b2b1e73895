// A menu whose options the application suggests while somebody types.
import { el } from "./dom.js";
import { unescaped } from "./mrkdwn.js";

const PAUSE = 200; // milliseconds without a key before the application is asked

export function combobox(block, it, where, choose) {
  const id = where.idOf?.(block) ?? `combo-${it.action_id}`;
  const list = el("div", { class: "menu options", role: "listbox", id: `${id}-list`, hidden: true });
  const before = where.form?.get(block, it);
  const node = el("input", {
    id, type: "text", role: "combobox", autocomplete: "off", dir: "auto", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": `${id}-list`,
    placeholder: it.placeholder ? unescaped(it.placeholder.text) : "Type to search", disabled: !where.suggest, data: { focus: `${block.block_id} ${it.action_id} ` },
  });
  node.value = before?.text ? unescaped(before.text.text) : "";
  let offered = [];
  let at = -1;
  let timer = 0;
  let asked = 0; // counts: an answer to an earlier question, or one after a choice, is none any more

  const show = (open) => { list.hidden = !open; node.setAttribute("aria-expanded", String(open)); };
  const outdate = () => { asked += 1; clearTimeout(timer); };
  const leave = () => { outdate(); show(false); };
  const pick = (option) => { node.value = unescaped(option.text.text); leave(); choose(option); };
  const mark = (index) => {
    at = index;
    [...list.children].forEach((each, number) => each.setAttribute("aria-selected", String(number === at)));
    list.children[at]?.scrollIntoView({ block: "nearest" });
    node.setAttribute("aria-activedescendant", at < 0 ? "" : `${id}-${at}`);
  };
  const ask = async () => {
    outdate();
    const question = asked;
    const found = await where.suggest(block, it, node.value);
    if (question !== asked) return;
    offered = found;
    const rows = offered.map((option, number) => el("div", { role: "option", id: `${id}-${number}`, dir: "auto", on: { pointerdown: (event) => { event.preventDefault(); pick(option); } } }, el("span", { text: unescaped(option.text.text) }), option.description ? el("small", { text: unescaped(option.description.text) }) : null));
    list.replaceChildren(...(rows.length ? rows : [el("div", { class: "none", text: "No results" })]));
    mark(-1);
    show(true);
  };
  node.addEventListener("input", () => { outdate(); choose(null); timer = setTimeout(ask, PAUSE); });
  node.addEventListener("focus", () => { if ((it.min_query_length ?? 3) === 0) ask(); });
  node.addEventListener("blur", leave);
  node.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(Math.min(at + 1, offered.length - 1));
    else if (event.key === "ArrowUp") mark(Math.max(at - 1, 0));
    else if (event.key === "Enter" && offered[at]) pick(offered[at]);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return el("span", { class: "combobox" }, node, list);
}

// The same for several: what is chosen stands above it, and goes by a click.
export function multiCombobox(block, it, where, changed) {
  let chosen = [...(where.form?.get(block, it) ?? it.initial_options ?? [])];
  const chips = el("span", { class: "chips" });
  const chip = (option) => {
    const label = unescaped(option.text.text);
    const gone = () => change(chosen.filter((each) => each.value !== option.value));
    return el("button", { type: "button", class: "chip", "aria-label": `Remove ${label}`, on: { click: gone } }, el("span", { dir: "auto", text: label }), el("span", { "aria-hidden": "true", text: " ×" }));
  };
  const change = (next) => {
    chosen = next;
    chips.replaceChildren(...chosen.map(chip));
    changed(chosen);
  };
  const search = combobox(block, it, { idOf: where.idOf, suggest: where.suggest }, (option) => {
    if (!option) return;
    search.querySelector("input").value = "";
    if (!chosen.some((each) => each.value === option.value)) change([...chosen, option]);
  });
  chips.append(...chosen.map(chip));
  return el("span", { class: "several" }, chips, search);
}
