// The customer's phone: one conversation with the desk for each customer.
import { attaching } from "./attach.js";
import { bubble } from "./bubble.js";
import { composer } from "./composer.js";
import { avatar, el, icon, keyed, sticking } from "./dom.js";
import { mailApp } from "./mail.js";
import { openMenu } from "./menu.js";
import { facts, look, onChange, view } from "./store.js";
import { clock, day, present, sameDay } from "./time.js";
import { toast } from "./toast.js";
import { act } from "./wire.js";

const LOOKS_AFTER = 1200; // milliseconds until somebody who holds the phone has read what came

const EXAMPLES = [
  ["Damaged item", "I received a damaged item — order #78932. I'd like a refund."],
  ["Two issues", "The mug from order 5512 arrived cracked, please refund me. Also, where is order 5519? It was due on Monday."],
  ["Just hello", "Hi there! 👋"],
  ["Angry", "This is the third time I ask. My parcel is STILL not here and nobody answers!"],
  ["Auf Deutsch", "Hallo, meine Bestellung 4711 ist immer noch nicht angekommen. Wo bleibt sie?"],
  ["Thanks", "Thank you so much!"],
];

let editing = null; // the message that is being changed

export function phone(root) {
  const people = el("div", { class: "customers", role: "group", "aria-label": "Which customer you are" });
  const screen = el("div", { class: "screen" });
  const name = el("strong", { dir: "auto" });
  const power = el("button", { class: "bare", type: "button", "aria-label": "Put the phone away", title: "Put the phone away: what comes is delivered, but not read", on: { click: () => look({ asleep: true }) } }, icon("power"));
  const list = el("div", { class: "chat", role: "log", "aria-label": "Messages on the phone", tabindex: "0" });
  const write = composer({ label: "Message as the customer", name: "phone", send: async (text) => send(text) });
  const edit = (message) => { editing = message; look({}); place(write); write.fill(message.body); };
  const { button: attach, chooser } = attaching(() => { const text = write.field.value.trim(); write.fill(""); return text; });
  write.node.prepend(attach, chooser);
  const stop = el("div", { class: "editing", hidden: true }, icon("edit"), el("span", { text: "Editing" }), el("button", { class: "bare", type: "button", "aria-label": "Stop editing", on: { click: () => { editing = null; look({}); } } }, icon("close")));
  const more = el("button", { class: "bare", type: "button", "aria-label": "More about this chat", title: "More", "aria-haspopup": "menu", "aria-expanded": "false", on: { click: (event) => openChat(event.currentTarget) } }, icon("more"));
  const chips = el("div", { class: "chips", role: "group", "aria-label": "Examples" }, EXAMPLES.map(([label, text]) => el("button", { type: "button", title: text, text: label, on: { click: () => write.fill(text) } })));
  const kind = el("small");
  const head = el("div", { class: "contact" }, el("img", { class: "avatar app", src: "/page/icon.svg", alt: "" }), el("div", {}, name, kind), more, power);
  const conversation = el("div", { class: "conversation" }, head, list, chips, stop, write.node);
  const locked = el("button", { class: "locked", type: "button", "aria-label": "Take the phone out again", hidden: true, on: { click: () => look({ asleep: false }) } });
  const mailbox = mailApp();
  screen.append(el("div", { class: "status", "aria-hidden": "true" }, el("span", { class: "clock" }), el("span", { class: "island" }), el("span", { class: "bars" })), conversation, mailbox.node, locked);
  root.append(el("div", { class: "rail" }, people), el("div", { class: "device" }, screen));

  onChange(() => {
    if (!facts.customers.has(view.customer)) view.customer = [...facts.customers.keys()][0] ?? null;
    drawCustomers(people);
    const customer = facts.customers.get(view.customer);
    const telegram = customer?.channel === "telegram";
    if (editing !== null && editing.customer !== customer?.address) editing = null;
    screen.dataset.channel = customer?.channel ?? "whatsapp";
    const mails = customer?.channel === "email";
    conversation.hidden = mails;
    mailbox.node.hidden = !mails;
    if (mails) { locked.hidden = true; mailbox.draw(customer); screen.querySelector(".clock").textContent = clock(present()); return; }
    name.textContent = "Support";
    kind.textContent = telegram ? "bot · Telegram" : "Your shop · WhatsApp";
    more.hidden = !telegram;
    stop.hidden = editing === null;
    attach.disabled = !customer || customer.blocks || editing !== null;
    screen.querySelector(".clock").textContent = clock(present());
    conversation.inert = view.asleep;
    locked.hidden = !view.asleep;
    if (view.asleep) drawLocked(locked);
    drawChat(list, write, edit);
    glance();
  });
  document.addEventListener("visibilitychange", glance);
}

async function send(text) {
  if (editing !== null) {
    const { customer, message_id } = editing;
    const changed = await act("rewrite", { number: customer, message_id, text });
    if (changed !== null) { editing = null; look({}); }
    return changed !== null;
  }
  const done = await act("write", { number: view.customer, text });
  if (done !== null && !done.ok) toast(`${facts.about.product} did not take the message (${done.status ?? "no answer"}).`, "bad");
  return done !== null;
}

// Who has blocked a bot hears nothing of it, and cannot write to it either.
function openChat(anchor) {
  const customer = facts.customers.get(view.customer);
  const block = (blocks) => act("block", { number: customer.number, blocks });
  openMenu(anchor, [customer.blocks ? { label: "Unblock the bot", choose: () => block(false) } : { label: "Block the bot", choose: () => block(true), danger: true }]);
}

const received = (each) => !each.from_customer && ["delivered", "read"].includes(each.status);
const messagesOf = (customer) => [...facts.phone.values()].filter((each) => each.customer === customer?.address && (each.from_customer || received(each)));
const unreadMails = (customer) => [...facts.mails.values()].filter((each) => each.customer === customer.address && !each.read);
const unreadOf = (customer) => customer?.channel === "email" ? unreadMails(customer) : messagesOf(customer).filter((each) => !each.from_customer && each.status === "delivered");

// Whoever has the phone in hand reads what comes; the desk is told, as it would be.
let glancing = false;
function glance() {
  const customer = facts.customers.get(view.customer);
  if (glancing || customer?.channel === "email" || view.asleep || document.hidden || !unreadOf(customer).length) return;
  glancing = true;
  setTimeout(async () => {
    if (!view.asleep && !document.hidden && view.customer === customer.number) await act("read", { number: customer.number });
    glancing = false;
    glance();
  }, LOOKS_AFTER);
}

function drawCustomers(place) {
  const items = [...facts.customers.values()].map((customer) => {
    const unread = customer.number === view.customer && !view.asleep && customer.channel !== "email" ? 0 : unreadOf(customer).length;
    const on = customer.number === view.customer;
    return {
      key: customer.number,
      deps: [customer, unread, on],
      draw: () => el("button", { type: "button", "aria-pressed": String(on), title: customer.channel === "telegram" ? "Telegram" : customer.number, data: { focus: customer.number }, on: { click: () => look({ customer: customer.number }) } }, avatar(customer.name || "?", customer.channel), el("span", { dir: "auto", text: customer.name || customer.number }), unread ? el("span", { class: "count", "aria-label": `${unread} unread`, text: String(unread) }) : null),
    };
  });
  keyed(place, [...items, { key: "add", deps: [], draw: adding }]);
  if (place.dataset.chosen === String(view.customer)) return;
  place.dataset.chosen = String(view.customer);
  place.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: "nearest", inline: "center" });
}

function adding() {
  const field = el("input", { type: "text", placeholder: "Name", "aria-label": "Name of the new customer", maxlength: 80, hidden: true, dir: "auto" });
  const button = el("button", { type: "button", class: "add", "aria-label": "Add a customer", title: "Add a customer" }, icon("plus"), el("span", { text: "Add" }));
  let channel = "whatsapp";
  const show = (open) => { field.hidden = !open; button.hidden = open; (open ? field : button).focus(); };
  const on = (chosen, hint) => { channel = chosen; field.placeholder = hint; show(true); };
  button.addEventListener("click", () => {
    const others = [...(facts.about.telegram ? [["telegram", "Telegram"]] : []), ...(facts.about.mail ? [["email", "e-mail"]] : [])];
    if (!others.length) { on("whatsapp", "Name"); return; }
    openMenu(button, [["whatsapp", "WhatsApp"], ...others].map(([key, name]) => ({ label: `On ${name}`, choose: () => on(key, `Name, on ${name}`) })));
  });
  field.addEventListener("blur", () => { if (!field.value.trim()) { field.hidden = true; button.hidden = false; } });
  field.addEventListener("keydown", async (event) => {
    if (event.key === "Escape") { field.value = ""; show(false); }
    if (event.key !== "Enter" || event.isComposing || !field.value.trim()) return;
    const added = await act(channel === "email" ? "mail_customer" : "customer", { name: field.value, channel });
    if (added === null) return;
    field.value = "";
    show(false);
    // The stream tells of them too, but perhaps only after this.
    if (!facts.customers.has(added.number)) facts.customers.set(added.number, added);
    look({ customer: added.number, asleep: false });
    // Until it is drawn, the first customer of all has nowhere to write.
    requestAnimationFrame(() => document.querySelector("#phone textarea:not([hidden] *), #phone .mailbox .new")?.focus());
  });
  return el("span", { class: "adding" }, button, field);
}

// Where the composer writes: to the desk, or over what was written before.
function place(write) {
  const customer = facts.customers.get(view.customer);
  const hint = !customer ? "Add a customer first" : customer.blocks ? "You have blocked the bot" : "Message";
  write.at(`phone ${view.customer}${editing === null ? "" : ` ${editing.sid}`}`, hint, !customer || customer.blocks);
}

function drawChat(list, write, edit) {
  const customer = facts.customers.get(view.customer);
  const shown = messagesOf(customer);
  const moved = list.dataset.place !== String(view.customer);
  list.dataset.place = String(view.customer);
  const items = [];
  let last = null;
  for (const message of shown) {
    if (last === null || !sameDay(last, message.at)) items.push({ key: `day ${day(message.at)}`, deps: [], draw: () => el("div", { class: "day" }, el("span", { text: day(message.at) })) });
    items.push({ key: message.sid, deps: [message], draw: () => bubble(message, edit) });
    last = message.at;
  }
  sticking(list, () => keyed(list, items.length ? items : [nothing(customer)]), moved);
  place(write);
}

function hintFor(customer) {
  if (!customer) return "Add a customer above, and write as them.";
  const first = customer.channel === "telegram" ? "Press Start, as whoever opens a bot does. " : "";
  return `${first}Write as a customer would, or take one of the examples below. Then watch Slack.`;
}

const nothing = (customer) => ({
  key: "empty",
  deps: [customer],
  draw: () => el("div", { class: "empty" }, el("h2", { dir: "auto", text: customer ? `This is ${customer.name || customer.number}'s phone` : "Nobody has a phone yet" }), el("p", { text: hintFor(customer) }), customer?.channel === "telegram" ? el("button", { class: "button primary", type: "button", text: "Start", on: { click: () => act("write", { number: customer.number, text: "/start" }) } }) : null),
});

function drawLocked(locked) {
  const customer = facts.customers.get(view.customer);
  const waiting = unreadOf(customer);
  keyed(locked, [
    { key: "time", deps: [clock(present())], draw: () => el("span", { class: "big", text: clock(present()) }) },
    ...waiting.map((each) => ({ key: each.sid, deps: [each], draw: () => el("span", { class: "notification" }, el("b", { text: "Support" }), el("span", { dir: "auto", text: each.body })) })),
    { key: "hint", deps: [waiting.length], draw: () => el("span", { class: "hint", text: waiting.length ? "Click to read" : "The phone is away. Click to take it out" }) },
  ]);
}
