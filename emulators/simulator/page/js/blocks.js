// Block Kit, drawn from its JSON: the same for messages, modals and home tabs. `where`: see elements.js.
import { el, icon } from "./dom.js";
import { element } from "./elements.js";
import { image as shot } from "./files.js";
import { mrkdwn, textObject, unescaped } from "./mrkdwn.js";
import { richText } from "./richtext.js";

export const blocks = (list, where) => list.map((block) => drawBlock(block, where));

export function drawBlock(block, where) {
  const draw = DRAW[block.type];
  return draw ? draw(block, where) : el("p", { class: "unsupported", text: `(A block of type ${block.type} is not shown here.)` });
}

function section(block, where) {
  const said = el("div", { class: "said" });
  if (block.text) said.append(el("div", { class: "text" }, textObject(block.text)));
  if (block.fields) said.append(el("div", { class: "fields" }, block.fields.map((field) => el("div", { class: "field" }, textObject(field)))));
  const accessory = block.accessory;
  if (!accessory) return el("div", { class: "section" }, said);
  const beside = accessory.type === "image" ? picture(accessory) : element(block, accessory, where);
  return el("div", { class: `section with-${accessory.type}` }, said, el("div", { class: "accessory" }, beside));
}

// Slack's own files are shown; pictures from elsewhere are never loaded: their words stand for them.
const idOf = (it) => it.slack_file?.id ?? it.slack_file?.url?.match(/-(F[A-Z0-9]{8,})\//)?.[1] ?? null;

function picture(it) {
  const words = () => el("span", { class: "picture", role: "img", "aria-label": unescaped(it.alt_text), title: unescaped(it.alt_text) }, icon("picture"));
  const id = idOf(it);
  return id ? el("span", { class: "picture loaded", title: unescaped(it.alt_text) }, shot(id, unescaped(it.alt_text), words)) : words();
}

function image(block) {
  const title = block.title ? el("figcaption", {}, textObject(block.title)) : null;
  const alt = unescaped(block.alt_text);
  const words = () => el("div", { class: "picture large", role: "img", "aria-label": alt }, icon("picture"), el("span", { dir: "auto", text: alt }));
  const id = idOf(block);
  return el("figure", { class: "image" }, title, id ? el("div", { class: "shot" }, shot(id, alt, words)) : words());
}

const context = (block) => el("div", { class: "context" }, block.elements.map((each) => (each.type === "image" ? picture(each) : textObject(each))));

function input(block, where) {
  const id = where.idOf(block);
  const words = where.form.errors[block.block_id];
  const inner = element(block, block.element, where);
  const field = inner.matches("input, textarea, select") ? inner : inner.querySelector("input, textarea, select");
  const notes = [words && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(" ");
  if (notes) field?.setAttribute("aria-describedby", notes);
  if (words) field?.setAttribute("aria-invalid", "true");
  if (!block.optional) field?.setAttribute("aria-required", "true");
  return el(
    "div",
    { class: `input ${words ? "wrong" : ""}`, data: { block: block.block_id } },
    el("label", { for: id, id: where.labelOf(block) }, textObject(block.label), block.optional ? el("small", { text: " (optional)" }) : null),
    inner,
    words ? el("p", { class: "error", id: `${id}-error`, dir: "auto", text: words }) : null,
    block.hint ? el("p", { class: "hint", id: `${id}-hint` }, textObject(block.hint)) : null,
  );
}

const DRAW = {
  header: (block) => el("h3", { class: "header", dir: "auto" }, textObject(block.text)),
  section,
  divider: () => el("hr"),
  image,
  context,
  actions: (block, where) => el("div", { class: "actions" }, block.elements.map((each) => element(block, each, where))),
  input,
  rich_text: richText,
  markdown: (block) => el("div", { class: "section" }, mrkdwn(block.text.replaceAll("**", "*"))),
  video: (block) => el("p", { class: "unsupported", text: `(A video: ${unescaped(block.title?.text ?? block.alt_text ?? "")})` }),
};
