// One message as Slack shows it: who, when, what, and what can be done with it.
import { blocks } from "./blocks.js";
import { avatar, el, icon } from "./dom.js";
import { emoji } from "./emoji.js";
import { shared } from "./files.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { appName, dismissed, facts, isNew, look, nameOf, redraw, view } from "./store.js";
import { clock, full } from "./time.js";
import { act, interact } from "./wire.js";

// An item for `keyed`. `inThread`: drawn in the side panel, without its link to the thread.
export function messageItem(channel, message, inThread = false) {
  const unread = !inThread && message.latest_reply && isNew(`${view.person} ${channel} ${message.ts}`, message.latest_reply);
  return { key: message.ts, deps: [message, view.person, unread], draw: () => draw(channel, message, inThread, unread) };
}

function draw(channel, message, inThread, unread) {
  const gone = message.subtype === "tombstone";
  const author = gone ? "Deleted" : authorOf(message);
  return el(
    "article",
    { class: `message ${message.is_ephemeral ? "private" : ""} ${gone ? "gone" : ""}`, "aria-label": `${author}, ${clock(message.ts)}` },
    message.is_ephemeral ? el("p", { class: "only" }, icon("eye"), "Only visible to you") : null,
    message.bot_id ? el("img", { class: "avatar app", src: "/page/icon.svg", alt: "" }) : avatar(author),
    el("div", { class: "head" }, el("strong", { dir: "auto", text: author }), message.bot_id ? el("span", { class: "badge", text: "APP" }) : null, el("time", { title: full(message.ts), text: clock(message.ts) })),
    el("div", { class: "body" }, body(channel, message), reactions(message), inThread || gone ? null : replies(message, unread), message.is_ephemeral ? dismissal(message) : null),
    gone || message.is_ephemeral ? null : tools(channel, message, inThread),
  );
}

function authorOf(message) {
  if (!message.bot_id) return nameOf(message.user);
  return message.username ?? message.bot_profile?.name ?? appName();
}

function body(channel, message) {
  const where = { press: (block, it, chosen) => press(channel, message, block, it, chosen) };
  const said = message.text || !message.files?.length ? [el("div", { class: "text" }, mrkdwn(message.text ?? ""))] : [];
  const drawn = message.blocks?.length ? blocks(message.blocks, where) : said;
  if (message.files?.length) drawn.push(shared(message.files));
  const edited = message.edited && !message.bot_id ? el("small", { class: "edited", text: "(edited)" }) : null;
  return [...drawn, edited, ...(message.attachments ?? []).map((each) => attachment(each, where))].filter(Boolean);
}

function attachment(it, where) {
  const said = it.blocks?.length ? blocks(it.blocks, where) : [el("div", { class: "text" }, mrkdwn(it.text ?? it.fallback ?? ""))];
  const box = el("div", { class: "attachment" }, said);
  if (/^#?[0-9a-f]{6}$/i.test(it.color ?? "")) box.style.borderLeftColor = `#${it.color.replace("#", "")}`;
  return box;
}

function press(channel, message, block, it, chosen) {
  const body = { user: view.person, channel, ts: message.ts, action_id: it.action_id, block_id: block.block_id, edited: message.edited?.ts ?? "" };
  const key = it.type.includes("button") ? "value" : "selected_option";
  return interact("press", chosen === undefined || chosen === null ? body : { ...body, [key]: chosen });
}

function reactions(message) {
  if (!message.reactions?.length) return null;
  return el("div", { class: "reactions" }, message.reactions.map((each) => el("span", { text: `${emoji(`:${each.name}:`)} ${each.count}` })));
}

function replies(message, unread) {
  if (!message.reply_count) return null;
  const faces = (message.reply_users ?? []).slice(0, 3).map((id) => (facts.people.get(id)?.is_bot ? el("img", { class: "avatar app", src: "/page/icon.svg", alt: "" }) : avatar(nameOf(id))));
  const count = `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
  return el(
    "button",
    { class: `replies ${unread ? "new" : ""}`, type: "button", data: { focus: "replies" }, on: { click: () => look({ thread: message.ts }) } },
    el("span", { class: "faces" }, faces), el("b", { text: count }), el("span", { class: "last", text: `Last reply ${clock(message.latest_reply)}` }), unread ? el("span", { class: "dot", role: "img", "aria-label": "New" }) : null,
  );
}

function dismissal(message) {
  const dismiss = () => { dismissed.add(message.ts); redraw(); };
  return el("button", { class: "link", type: "button", text: "Dismiss message", on: { click: dismiss } });
}

// What appears when the message is pointed at, or reached by keyboard.
function tools(channel, message, inThread) {
  const own = message.user === view.person && !message.bot_id;
  const shortcuts = Object.entries(facts.about.shortcuts ?? {});
  if (inThread && !own && !shortcuts.length) return null;
  const open = () => { look({ thread: message.ts }); };
  const more = el("button", { type: "button", "aria-label": "More", "aria-haspopup": "menu", "aria-expanded": "false", data: { focus: "tools" } }, icon("more"));
  const about = { user: view.person, channel, ts: message.ts };
  more.addEventListener("click", () => openMenu(more, [
    ...shortcuts.map(([callback, label]) => ({ label, choose: () => interact("shortcut", { ...about, callback_id: callback }) })),
    ...(own ? [{ label: "Edit message", choose: () => edit(channel, message, more.closest(".message")) }] : []),
    ...(own ? [{ label: "Delete message", danger: true, choose: () => act("delete", about) }] : []),
  ]));
  const reply = el("button", { type: "button", "aria-label": "Reply in thread", title: "Reply in thread", data: { focus: "thread" }, on: { click: open } }, icon("thread"));
  return el("div", { class: "tools" }, inThread ? null : reply, own || shortcuts.length ? more : null);
}

function edit(channel, message, node) {
  const field = el("textarea", { dir: "auto", rows: 2, "aria-label": "Edit message" });
  field.value = facts.messages.get(channel)?.get(message.ts)?.blocks?.[0]?.elements?.[0]?.elements?.map((each) => each.text ?? `<@${each.user_id}>`).join("") ?? message.text;
  const body = node.querySelector(".body");
  const before = [...body.childNodes];
  const back = () => body.replaceChildren(...before);
  const save = async () => {
    const text = field.value.trim();
    if (text) await act("edit", { user: view.person, channel, ts: message.ts, text });
    back();
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") back();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  body.replaceChildren(el("div", { class: "editing" }, field, el("div", { class: "buttons" }, el("button", { class: "button", type: "button", text: "Cancel", on: { click: back } }), el("button", { class: "button primary", type: "button", text: "Save", on: { click: save } }))));
  field.focus();
}
