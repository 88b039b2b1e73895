// A customer's mailbox on their phone: its conversations, one of them, or a mail that is being written.
import { avatar, el, icon, keyed, words } from "./dom.js";
import { composing, draftOf } from "./mail_compose.js";
import { reading } from "./mail_reading.js";
import { openMenu } from "./menu.js";
import { facts, look } from "./store.js";
import { clock, day, present, sameDay } from "./time.js";
import { act } from "./wire.js";

const AWAY = "Thank you for your mail. I am out of the office until Monday and will read it then.";
const opened = new Map(); // address -> the thread that is read

export function mailApp() {
  const list = el("div", { class: "threads", role: "list", "aria-label": "Mails" });
  const address = el("small");
  const more = el("button", { class: "bare", type: "button", "aria-label": "More about this mailbox", title: "More", "aria-haspopup": "menu", "aria-expanded": "false", on: { click: (event) => openMailbox(event.currentTarget, current()) } }, icon("more"));
  const note = el("p", { class: "mailbox-note", hidden: true });
  const write = el("button", { class: "new", type: "button", on: { click: () => { draftOf(current(), null); look({}); } } }, icon("edit"), "New mail");
  const inbox = el("div", { class: "inbox" }, el("div", { class: "mail-head" }, el("div", {}, el("strong", { text: "Inbox" }), address), more), note, list, write);
  const thread = reading({ back: () => { opened.delete(customer.address); look({}); }, reply: (mail) => { draftOf(current(), mail); look({}); } });
  const compose = composing({ sent: (by, done) => { opened.set(by.address, done.thread); } });
  let customer = null;
  const current = () => customer;
  return {
    node: el("div", { class: "mailbox", hidden: true }, inbox, thread.node, compose.node),
    draw(whose) {
      customer = whose;
      const mails = [...facts.mails.values()].filter((each) => each.customer === whose.address);
      const draft = compose.draw(whose);
      const number = opened.get(whose.address);
      const shown = mails.filter((each) => each.thread === number);
      thread.node.hidden = draft || !shown.length;
      inbox.hidden = draft || shown.length > 0;
      address.textContent = whose.address;
      note.hidden = !whose.away && !whose.gone;
      note.textContent = whose.gone ? "This mailbox takes no mail: what is sent here comes back." : "The out-of-office reply is on.";
      drawThreads(list, whose, mails);
      if (!thread.node.hidden) thread.draw(whose, shown);
    },
  };
}

// The most recent conversation first, as every mailbox has it.
function drawThreads(list, customer, mails) {
  const threads = new Map();
  for (const each of mails) threads.set(each.thread, [...(threads.get(each.thread) ?? []), each]);
  const sorted = [...threads.values()].sort((one, other) => other.at(-1).at - one.at(-1).at);
  keyed(list, sorted.length ? sorted.map((each) => ({ key: String(each[0].thread), deps: [each.length, each.at(-1), each.some((mail) => !mail.read)], draw: () => row(customer, each) })) : [nothing(customer)]);
}

function row(customer, mails) {
  const last = mails.at(-1);
  const unread = mails.some((each) => !each.read);
  const other = mails.find((each) => !each.mine);
  const open = async () => {
    opened.set(customer.address, last.thread);
    look({});
    if (unread) await act("mail_read", { number: customer.number, thread: last.thread });
  };
  return el(
    "div", { role: "listitem" },
    el(
      "button", { type: "button", class: `thread-row${unread ? " unread" : ""}`, data: { focus: `thread ${last.thread}` }, on: { click: open } },
      avatar(other?.from ?? last.to),
      el("span", { class: "who" }, words(other?.from ?? `To: ${last.to}`), mails.length > 1 ? el("small", { text: String(mails.length) }) : null),
      el("time", { text: sameDay(last.at, present()) ? clock(last.at) : day(last.at) }),
      words(mails[0].subject || "(no subject)", { class: "about" }),
      el("span", { class: "gist" }, mails.some((each) => each.files.length) ? icon("clip") : null, words(gist(last))),
    ),
  );
}

// The first words of a mail, without the line above which answers are written.
export const gist = (mail) => mail.text.split("\n").filter((line) => line.trim() && !line.startsWith("##-")).join(" ").slice(0, 160);

const nothing = (customer) => ({
  key: "empty",
  deps: [customer.name],
  draw: () => el("div", { class: "empty" }, icon("mail"), el("h2", { dir: "auto", text: `This is ${customer.name}'s mailbox` }), el("p", { text: "Write to the desk as a customer would, and watch Slack. The answer comes here." })),
});

function openMailbox(anchor, customer) {
  const away = customer.away ? { label: "End the out-of-office reply", choose: () => act("mail_away", { number: customer.number, text: "" }) } : { label: "Set an out-of-office reply", choose: () => act("mail_away", { number: customer.number, text: AWAY }) };
  const gone = customer.gone ? { label: "Open the mailbox again", choose: () => act("mail_gone", { number: customer.number, gone: false }) } : { label: "Close the mailbox: mail comes back", choose: () => act("mail_gone", { number: customer.number, gone: true }), danger: true };
  openMenu(anchor, [away, gone]);
}
