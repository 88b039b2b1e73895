// Rich text: what people write in Slack's own client.
import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { address } from "./mrkdwn.js";
import { facts, nameOf } from "./store.js";

export const richText = (block) => el("div", { class: "rich" }, block.elements.map(part));

const WRAPPED = { rich_text_section: "div", rich_text_quote: "blockquote", rich_text_preformatted: "pre" };

function part(it) {
  if (it.type === "rich_text_list") return el(it.style === "ordered" ? "ol" : "ul", {}, it.elements.map((each) => el("li", { dir: "auto" }, run(each.elements))));
  return el(WRAPPED[it.type] ?? "div", { dir: "auto" }, run(it.elements));
}

const run = (elements) => (elements ?? []).map(piece);

function piece(it) {
  if (it.type === "text") return styled(it);
  if (it.type === "user") return el("span", { class: "mention", text: `@${nameOf(it.user_id)}` });
  if (it.type === "channel") return el("span", { class: "mention", text: `#${facts.channels.get(it.channel_id)?.name ?? it.channel_id}` });
  if (it.type === "broadcast") return el("span", { class: "broadcast", text: `@${it.range}` });
  if (it.type === "emoji") return emoji(`:${it.name}:`);
  if (it.type === "link") return address(it.url, it.text ?? it.url);
  return it.fallback ?? "";
}

function styled(it) {
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code" };
  return Object.entries(tags).reduce((inner, [name, tag]) => (it.style?.[name] ? el(tag, {}, inner) : inner), it.text);
}
