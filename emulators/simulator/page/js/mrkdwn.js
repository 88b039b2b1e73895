// Slack's text as nodes. mrkdwn knows bold, italic, strike, code, quotes, links, mentions and dates; plain text knows
// none of it. Both arrive with & < > escaped, and every piece of content ends as the text of a node.
import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { follow } from "./places.js";
import { facts, nameOf } from "./store.js";
import { formatted, full } from "./time.js";

const FENCE = /```([\s\S]+?)```/g;
const TOKEN = /<[^<>\n]+>|`[^`\n]+`|\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~/g;
const MARKS = { "*": "strong", _: "em", "~": "s" };
const BARE_LINK = /https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"]/g;

export const unescaped = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

// A text object of Block Kit.
export function textObject(object) {
  if (object.type === "mrkdwn") return mrkdwn(object.text, { link: !object.verbatim });
  const text = unescaped(object.text);
  return el("span", { class: "plain", dir: "auto", text: object.emoji === false ? text : emoji(text) });
}

// `link`: addresses that merely stand in the text become links, too.
export function mrkdwn(text, { link = true } = {}) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(FENCE)) {
    parts.push(...lines(text.slice(at, found.index), link), el("pre", { dir: "auto", text: unescaped(found[1].replace(/^\n|\n$/g, "")) }));
    at = found.index + found[0].length;
  }
  parts.push(...lines(text.slice(at), link));
  return el("span", { class: "mrkdwn", dir: "auto" }, parts);
}

// Lines that begin with > are a quote together.
function lines(text, link) {
  const parts = [];
  let quote = null;
  text.split("\n").forEach((line, index) => {
    const quoted = /^(?:>|&gt;)\s?(.*)$/s.exec(line);
    if (quoted) {
      if (quote === null) parts.push((quote = el("blockquote", { dir: "auto" })));
      else quote.append("\n");
      quote.append(...inline(quoted[1], link));
      return;
    }
    if (index > 0 && quote === null) parts.push("\n");
    quote = null;
    parts.push(...inline(line, link));
  });
  return parts;
}

function inline(text, link) {
  const parts = [];
  let at = 0;
  const tokens = new RegExp(TOKEN);
  for (let found = tokens.exec(text); found !== null; found = tokens.exec(text)) {
    const node = token(found[0], text[found.index - 1], text[found.index + found[0].length], link);
    if (node === null) {
      tokens.lastIndex = found.index + 1; // only the sign itself; what follows it may be markup
      continue;
    }
    parts.push(...bare(text.slice(at, found.index), link), node);
    at = found.index + found[0].length;
  }
  parts.push(...bare(text.slice(at), link));
  return parts;
}

const LETTER = /[\p{L}\p{N}]/u;

function token(whole, before, after, link) {
  const inner = whole.slice(1, -1);
  if (whole[0] === "<") return angled(inner);
  if (whole[0] === "`") return el("code", { dir: "auto", text: unescaped(inner) });
  const alone = !LETTER.test(before ?? " ") && !LETTER.test(after ?? " ") && inner.trim() === inner;
  return alone ? el(MARKS[whole[0]], {}, inline(inner, link)) : null;
}

function angled(inner) {
  const [target, label] = split(inner, "|");
  if (target.startsWith("@")) return el("span", { class: "mention", text: `@${nameOf(target.slice(1))}` });
  if (target.startsWith("#")) return channelLink(target.slice(1), label);
  if (target.startsWith("!")) return special(target.slice(1), label);
  return address(unescaped(target), label === null ? unescaped(target).replace(/^mailto:/, "") : unescaped(label));
}

function channelLink(id, label) {
  const name = `#${label || facts.channels.get(id)?.name || id}`;
  return el("a", { class: "mention", href: "#", text: name, on: { click: (event) => { event.preventDefault(); follow(id, null); } } });
}

function special(target, label) {
  if (!target.startsWith("date^")) return el("span", { class: "broadcast", text: label?.startsWith("@") ? label : `@${label || target.split("^")[0]}` });
  const [, seconds, format] = target.split("^");
  return el("time", { title: full(seconds), text: formatted(seconds, format ?? "") ?? unescaped(label ?? "") });
}

// A link; only to the web and to mail. Leads to Slack's own messages stay on this page.
export function address(target, text) {
  const own = new RegExp(`^https://${facts.about.domain}\\.slack\\.com/archives/(\\w+)/p(\\d{10})(\\d{6})(?:\\?thread_ts=([\\d.]+))?`).exec(target);
  if (own) {
    const lead = (event) => { event.preventDefault(); follow(own[1], `${own[2]}.${own[3]}`, own[4] ?? null); };
    return el("a", { href: "#", text, on: { click: lead } });
  }
  if (!/^(https?:|mailto:)/i.test(target)) return el("span", { text });
  return el("a", { href: target, target: "_blank", rel: "noopener noreferrer", dir: "auto", text });
}

function bare(text, link) {
  if (!link) return [emoji(unescaped(text))];
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(BARE_LINK)) {
    parts.push(emoji(unescaped(text.slice(at, found.index))), address(unescaped(found[0]), unescaped(found[0])));
    at = found.index + found[0].length;
  }
  return [...parts, emoji(unescaped(text.slice(at)))];
}

function split(text, sign) {
  const at = text.indexOf(sign);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}
