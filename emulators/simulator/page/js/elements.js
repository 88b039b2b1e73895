// Interactive elements. Each is drawn from its JSON and tells `where` what a person did with it:
//   where.press(block, element, chosen)   reaches the application
//   where.form                            what has been filled in, in views (form.js); absent in messages
//   where.suggest(block, element, typed)  options of an external menu, in views
import { confirmed } from "./confirm.js";
import { el, icon } from "./dom.js";
import { combobox, multiCombobox } from "./combobox.js";
import { chooser, MOST_FILES } from "./files.js";
import { openMenu } from "./menu.js";
import { textObject, unescaped } from "./mrkdwn.js";
import { facts, persons } from "./store.js";

export function element(block, it, where) {
  const draw = DRAW[it.type];
  return draw ? draw(block, it, where) : el("span", { class: "unsupported", text: `(${it.type} is not shown here)` });
}

const focusOf = (block, it, more = "") => ({ focus: `${block.block_id} ${it.action_id} ${more}` });
const hint = (it) => (it.placeholder ? unescaped(it.placeholder.text) : "");

function pressable(node, press) {
  node.addEventListener("click", async () => {
    if (node.getAttribute("aria-busy") === "true") return;
    node.setAttribute("aria-busy", "true");
    await press();
    node.removeAttribute("aria-busy");
  });
  return node;
}

function button(block, it, where) {
  const look = { type: "button", class: `button ${it.style ?? ""}`, "aria-label": it.accessibility_label, data: focusOf(block, it, it.value) };
  return pressable(el("button", look, textObject(it.text)), async () => {
    if (it.confirm && !(await confirmed(it.confirm))) return;
    if (it.url && /^https?:/i.test(it.url)) window.open(it.url, "_blank", "noopener,noreferrer");
    await where.press(block, it, it.value);
  });
}

function overflow(block, it, where) {
  const node = el("button", { type: "button", class: "button square", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false", data: focusOf(block, it) }, icon("more"));
  const choose = async (option) => {
    if (it.confirm && !(await confirmed(it.confirm))) return;
    if (option.url && /^https?:/i.test(option.url)) window.open(option.url, "_blank", "noopener,noreferrer");
    await where.press(block, it, option.value);
  };
  node.addEventListener("click", () => openMenu(node, it.options.map((option) => ({ label: textObject(option.text), choose: () => choose(option) }))));
  return node;
}

// Something was chosen or typed: remembered in a form, and told to the application where it asked for that.
async function chosen(block, it, where, value, takeBack = () => {}) {
  if (it.confirm && !(await confirmed(it.confirm))) return takeBack();
  where.form?.set(block, it, value);
  if (!where.form || block.type !== "input" || block.dispatch_action) await where.press(block, it, value);
}

const initially = (block, it, where) => (where.form ? where.form.get(block, it) : INITIAL(it));
const INITIAL = (it) => it.initial_option?.value ?? it.initial_value ?? it.initial_user ?? it.initial_conversation ?? it.initial_channel ?? it.initial_date ?? it.initial_time ?? null;

// `groups`: [label or null, [[value, text]]].
function menuOf(block, it, where, groups) {
  const before = initially(block, it, where);
  const node = el("select", { id: where.idOf?.(block), data: focusOf(block, it), "aria-label": where.form ? null : hint(it) || "Choose", "data-first": it.focus_on_load });
  node.append(el("option", { value: "", text: hint(it) || "Choose an option", hidden: !block.optional, disabled: !block.optional }));
  for (const [label, options] of groups) {
    const place = label === null ? node : el("optgroup", { label });
    place.append(...options.map(([value, text]) => el("option", { value, text })));
    if (label !== null) node.append(place);
  }
  node.value = before ?? "";
  node.addEventListener("change", () => chosen(block, it, where, node.value || null, () => { node.value = before ?? ""; }));
  // Closed menus change with every arrow; one that acts at once opens instead.
  if (!where.form) node.addEventListener("keydown", (event) => {
    if (!["ArrowDown", "ArrowUp"].includes(event.key) || !node.showPicker) return;
    event.preventDefault();
    node.showPicker();
  });
  return el("span", { class: "select" }, node);
}

const listed = (options) => options.map((option) => [option.value, unescaped(option.text.text)]);

function staticSelect(block, it, where) {
  const groups = it.option_groups ? it.option_groups.map((group) => [unescaped(group.label.text), listed(group.options)]) : [[null, listed(it.options)]];
  return menuOf(block, it, where, groups);
}

const people = () => persons().map((each) => [each.id, each.real_name]);
const rooms = () => [...facts.channels.values()].filter((each) => !each.im).map((each) => [each.id, `#${each.name}`]);

function typed(kind) {
  return (block, it, where) => {
    const tag = it.multiline || it.type === "rich_text_input" ? "textarea" : "input";
    const look = {
      id: where.idOf?.(block), data: focusOf(block, it), placeholder: hint(it), dir: "auto", maxlength: it.max_length, "data-first": it.focus_on_load,
      "aria-label": where.form ? null : hint(it) || "Text", ...(tag === "input" ? { type: kind, autocomplete: "off" } : { rows: 4 }),
    };
    const node = el(tag, look);
    node.value = initially(block, it, where) ?? "";
    const value = () => (it.type === "rich_text_input" ? rich(node.value) : node.value);
    node.addEventListener("input", () => where.form?.set(block, it, value()));
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !block.dispatch_action || event.isComposing) return;
      event.preventDefault();
      where.press(block, it, value());
    });
    return node;
  };
}

const rich = (text) => ({ type: "rich_text", elements: [{ type: "rich_text_section", elements: text ? [{ type: "text", text }] : [] }] });

function dated(kind, convert = (value) => value, back = (value) => value ?? "") {
  return (block, it, where) => {
    const node = el("input", { type: kind, id: where.idOf?.(block), data: focusOf(block, it), "aria-label": where.form ? null : hint(it) || kind });
    node.value = back(where.form ? where.form.get(block, it) : it.initial_date_time ?? INITIAL(it));
    node.addEventListener("change", () => chosen(block, it, where, node.value ? convert(node.value) : null));
    return node;
  };
}

const toLocal = (seconds) => (seconds ? new Date((seconds - new Date(seconds * 1000).getTimezoneOffset() * 60) * 1000).toISOString().slice(0, 16) : "");

// Boxes or circles. `many`: several may be on.
function boxes(many, offered = (it) => it.options) {
  return (block, it, where) => {
    const first = where.form ? where.form.get(block, it) : many ? (it.initial_options ?? []).map((each) => each.value) : INITIAL(it);
    const on = new Set(many ? first : [first]);
    const name = `${block.block_id}-${it.action_id}`;
    const change = (value, ticked) => {
      if (!many) on.clear();
      if (ticked) on.add(value);
      else on.delete(value);
      return chosen(block, it, where, many ? [...on] : value);
    };
    return el("div", { class: "choices", role: many ? "group" : "radiogroup", "aria-labelledby": where.labelOf?.(block), "aria-label": where.form ? null : hint(it) || "Options" }, offered(it).map((option) => {
      const box = el("input", { type: many ? "checkbox" : "radio", name, data: focusOf(block, it, option.value), checked: on.has(option.value) });
      box.addEventListener("change", () => change(option.value, box.checked));
      const more = option.description ? el("small", {}, textObject(option.description)) : null;
      return el("label", {}, box, el("span", {}, textObject(option.text), more));
    }));
  };
}

// Files of the person's own device; they leave with the form.
function fileInput(block, it, where) {
  const pick = chooser({
    id: where.idOf?.(block), most: it.max_files ?? MOST_FILES, types: it.filetypes ?? [], initial: where.form.get(block, it),
    data: focusOf(block, it), changed: (files) => where.form.set(block, it, files),
  });
  const button = el("span", { class: "button", "aria-hidden": "true" }, icon("clip"), " Choose files");
  button.addEventListener("click", () => pick.input.click());
  const zone = el("div", { class: "dropzone" }, pick.input, pick.list, el("div", { class: "zone" }, button, el("small", { text: "or drop them here" })));
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => { event.preventDefault(); pick.add(event.dataTransfer.files); });
  return zone;
}

const options = (pairs) => pairs.map(([value, text]) => ({ value, text: { type: "plain_text", text, emoji: false } }));
const flatOptions = (it) => it.options ?? it.option_groups.flatMap((group) => group.options);

const DRAW = {
  button,
  overflow,
  workflow_button: button,
  static_select: staticSelect,
  external_select: (block, it, where) => combobox(block, it, where, (value) => chosen(block, it, where, value)),
  multi_external_select: (block, it, where) => multiCombobox(block, it, where, (values) => chosen(block, it, where, values)),
  users_select: (block, it, where) => menuOf(block, it, where, [[null, people()]]),
  channels_select: (block, it, where) => menuOf(block, it, where, [[null, rooms()]]),
  conversations_select: (block, it, where) => menuOf(block, it, where, [["Channels", rooms()], ["People", people()]]),
  multi_static_select: boxes(true, flatOptions),
  multi_users_select: boxes(true, () => options(people())),
  multi_channels_select: boxes(true, () => options(rooms())),
  multi_conversations_select: boxes(true, () => options([...rooms(), ...people()])),
  checkboxes: boxes(true),
  radio_buttons: boxes(false),
  plain_text_input: typed("text"),
  rich_text_input: typed("text"),
  email_text_input: typed("email"),
  url_text_input: typed("url"),
  number_input: typed("text"),
  file_input: fileInput,
  datepicker: dated("date"),
  timepicker: dated("time"),
  datetimepicker: dated("datetime-local", (value) => Math.floor(new Date(value).getTime() / 1000), toLocal),
};
