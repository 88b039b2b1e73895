// The Slack window: people, channels, messages, a thread beside them, modals above.
import { composer } from "./composer.js";
import { avatar, el, icon, keyed, sticking } from "./dom.js";
import { homeTab } from "./home.js";
import { messageItem } from "./message.js";
import { modalLayer } from "./modal.js";
import { closeMenu } from "./menu.js";
import { appName, facts, isNew, look, nameOf, onChange, persons, seen, shownIn, view } from "./store.js";
import { day, sameDay } from "./time.js";
import { act } from "./wire.js";

export function slackWindow(root) {
  const people = el("div", { class: "people", role: "group", "aria-label": "Who you are in Slack" });
  const workspace = el("strong", { class: "workspace" });
  const rooms = el("ul", { class: "rooms" });
  const apps = el("ul", { class: "rooms" });
  const sidebar = el("nav", { class: "sidebar", "aria-label": "Channels" }, workspace, el("h2", { text: "Channels" }), rooms, el("h2", { text: "Apps" }), apps);
  const middle = pane("channel", "Messages", (text, files) => say(view.place, text, null, files));
  const home = homeTab();
  const side = pane("thread", "Thread", (text, files) => say(view.place, text, view.thread, files));
  const close = el("button", { class: "bare", type: "button", "aria-label": "Close thread", on: { click: () => look({ thread: null }) } }, icon("close"));
  side.head.append(close);
  side.node.addEventListener("keydown", (event) => { if (event.key === "Escape") look({ thread: null }); });
  const desk = el("div", { class: "desk" }, sidebar, middle.node, home.node, side.node);
  const modals = modalLayer(desk);
  root.append(el("div", { class: "titlebar" }, el("span", { class: "as", text: "You are" }), people), desk, modals.node);

  onChange(() => {
    settle();
    workspace.textContent = facts.about.workspace ?? "";
    const app = view.place === "app";
    middle.node.hidden = app;
    home.node.hidden = !app;
    if (app) home.draw();
    else drawChannel(middle);
    drawThread(side);
    drawPeople(people);
    drawRooms(rooms, apps); // what has just been shown is no news any more
    modals.draw();
  });
}

const say = async (channel, text, thread, files) => (await act("say", { user: view.person, channel, text, files, ...(thread ? { thread_ts: thread } : {}) })) !== null;

function pane(kind, label, send) {
  const title = el("h1", { dir: "auto" });
  const note = el("span", { class: "note", dir: "auto" });
  const head = el("header", {}, el("div", { class: "title" }, title, note));
  const list = el("div", { class: "messages", role: "log", "aria-label": label, tabindex: "0" });
  const write = composer({ label: kind === "thread" ? "Reply in thread" : "Message", send, name: kind, attach: true });
  return { node: el("section", { class: `pane ${kind}`, "aria-label": label }, head, list, write.node), head, title, note, list, write };
}

// Somebody, somewhere: the first person and their first channel, until others are chosen.
function settle() {
  if (!facts.people.has(view.person)) view.person = persons()[0]?.id ?? null;
  if (view.place !== "app" && !facts.channels.has(view.place)) view.place = channels()[0]?.id ?? null;
  const root = facts.messages.get(view.place)?.get(view.thread);
  if (view.thread !== null && root === undefined && facts.channels.size) view.thread = null;
}

const channels = () => [...facts.channels.values()].filter((each) => !each.im && (!each.private || each.members.includes(view.person)));

function drawPeople(place) {
  keyed(place, persons().map((person) => {
    const news = person.id !== view.person && hasNews(person.id);
    const on = person.id === view.person;
    const choose = () => { closeMenu(); look({ person: person.id }); };
    return {
      key: person.id,
      deps: [person, on, news],
      draw: () => el("button", { type: "button", "aria-pressed": String(on), data: { focus: person.id }, on: { click: choose } }, avatar(person.real_name), el("span", { dir: "auto", text: person.real_name }), news ? el("span", { class: "dot", role: "img", "aria-label": "has something new" }) : null),
    };
  }));
}

// Something only they see, or a modal of theirs, waits.
function hasNews(person) {
  const own = [...(facts.ephemerals.get(person)?.keys() ?? [])].at(-1);
  return facts.modals.has(person) || (own !== undefined && isNew(`${person} own`, own));
}

function drawRooms(rooms, apps) {
  keyed(rooms, channels().map((channel) => {
    const unread = unreadIn(channel.id);
    const on = view.place === channel.id;
    return { key: channel.id, deps: [channel, unread, on], draw: () => room(channel.id, channel.name, icon(channel.private ? "lock" : "hash"), unread, on) };
  }));
  const on = view.place === "app";
  keyed(apps, [{ key: "app", deps: [on, appName()], draw: () => room("app", appName(), el("img", { class: "avatar app", src: "/page/icon.svg", alt: "" }), 0, on) }]);
}

function room(id, name, sign, unread, on) {
  const badge = unread ? el("span", { class: "count", "aria-label": `${unread} new`, text: unread > 99 ? "99+" : String(unread) }) : null;
  const go = () => { look({ place: id, thread: null }); };
  return el("li", {}, el("button", { type: "button", class: unread ? "unread" : "", "aria-current": on ? "page" : null, data: { focus: id }, on: { click: go } }, sign, el("span", { dir: "auto", text: name }), badge));
}

function unreadIn(channel) {
  let count = 0;
  for (const each of shownIn(channel, null, view.person)) if (each.user !== view.person && isNew(`${view.person} ${channel}`, each.ts)) count += 1;
  return count;
}

function drawChannel({ title, note, list, write }) {
  const channel = facts.channels.get(view.place);
  if (!channel) return;
  title.textContent = `${channel.private ? "🔒" : "#"} ${channel.name}`;
  const members = channel.members.map(nameOf).filter((name) => name !== facts.people.get(facts.about.bot)?.real_name);
  note.textContent = channel.topic || `${members.length} members: ${members.join(", ")}`;
  const place = `${view.person} ${channel.id}`;
  const moved = list.dataset.place !== place;
  list.dataset.place = place;
  const shown = shownIn(channel.id, null, view.person);
  sticking(list, () => keyed(list, shown.length ? withDays(channel.id, shown) : [empty(channel)]), moved);
  if (!document.hidden) seen(place, shown.at(-1)?.ts);
  const own = [...(facts.ephemerals.get(view.person)?.keys() ?? [])].at(-1);
  seen(`${view.person} own`, own);
  const member = channel.members.includes(view.person);
  write.at(place, member ? `Message #${channel.name}` : `${nameOf(view.person)} is not in this channel`, !member || channel.archived);
}

function withDays(channel, shown) {
  const items = [];
  let last = null;
  for (const message of shown) {
    if (last === null || !sameDay(last, message.ts)) items.push({ key: `day ${day(message.ts)}`, deps: [], draw: () => el("div", { class: "day", role: "separator" }, el("span", { text: day(message.ts) })) });
    items.push(messageItem(channel, message));
    last = message.ts;
  }
  return items;
}

const empty = (channel) => ({
  key: "empty",
  deps: [channel.name],
  draw: () => el("div", { class: "empty" }, icon("hash"), el("h2", { text: `This is #${channel.name}` }), el("p", { text: "When a customer's message needs somebody, its ticket appears here as a card. Write one on the phone." })),
});

function drawThread({ node, title, note, list, write }) {
  const root = view.place === "app" ? undefined : facts.messages.get(view.place)?.get(view.thread);
  node.hidden = root === undefined;
  if (root === undefined) return;
  title.textContent = "Thread";
  note.textContent = `#${facts.channels.get(view.place).name}`;
  const replies = shownIn(view.place, view.thread, view.person);
  const place = `${view.person} ${view.place} ${view.thread}`;
  const moved = list.dataset.place !== place;
  list.dataset.place = place;
  const count = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  const divider = { key: "count", deps: [count], draw: () => el("div", { class: "day left", role: "separator" }, el("span", { text: count })) };
  sticking(list, () => keyed(list, [messageItem(view.place, root, true), ...(replies.length ? [divider] : []), ...replies.map((each) => messageItem(view.place, each, true))]), moved);
  if (!document.hidden) seen(place, replies.at(-1)?.ts);
  write.at(place, "Reply…", !facts.channels.get(view.place).members.includes(view.person));
}
