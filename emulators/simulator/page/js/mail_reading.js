// One conversation in a mailbox, its mails below each other; those that were read are one line each.
import { avatar, el, icon, keyed, words } from "./dom.js";
import { sizeOf } from "./files.js";
import { gist } from "./mail.js";
import { look } from "./store.js";
import { clock, full } from "./time.js";
import { act } from "./wire.js";

const unfolded = new Set(); // address:number of mails that somebody opened
const folded = new Set(); // and closed

export function reading({ back, reply }) {
  const subject = el("h2", { dir: "auto" });
  const list = el("div", { class: "mails", role: "log", "aria-label": "This conversation", tabindex: "0" });
  let last = null;
  const node = el(
    "div", { class: "reading", hidden: true },
    el("div", { class: "mail-head" }, el("button", { class: "bare", type: "button", "aria-label": "Back to the inbox", title: "Back", on: { click: back } }, icon("back")), subject),
    list,
    el("div", { class: "mail-foot" }, el("button", { class: "button wide", type: "button", on: { click: () => reply(last) } }, icon("reply"), "Reply")),
  );
  return {
    node,
    draw(customer, mails) {
      last = mails.findLast((each) => !each.mine) ?? mails.at(-1);
      subject.textContent = mails[0].subject || "(no subject)";
      const newest = mails.at(-1).number;
      const moved = list.dataset.place !== `${customer.address}:${mails[0].thread}:${newest}`;
      keyed(list, mails.map((each) => {
        const key = `${each.customer}:${each.number}`;
        const open = !folded.has(key) && (each.number === newest || unfolded.has(key));
        return { key, deps: [each, open], draw: () => (open ? mail(each, key) : line(each, key)) };
      }));
      if (!moved) return;
      list.dataset.place = `${customer.address}:${mails[0].thread}:${newest}`;
      list.scrollTop = list.scrollHeight;
      if (mails.some((each) => !each.read)) act("mail_read", { number: customer.number, thread: mails[0].thread });
    },
  };
}

const toggle = (key, open) => {
  (open ? unfolded : folded).add(key);
  (open ? folded : unfolded).delete(key);
  look({});
};

function line(each, key) {
  return el("button", { type: "button", class: "mail folded", data: { focus: key }, on: { click: () => toggle(key, true) } }, avatar(each.from), el("span", { class: "who" }, words(each.mine ? "Me" : each.from)), el("time", { text: clock(each.at) }), words(gist(each), { class: "gist" }));
}

function mail(each, key) {
  return el(
    "article", { class: `mail${each.mine ? " mine" : ""}` },
    el("button", { type: "button", class: "from", "aria-expanded": "true", data: { focus: key }, on: { click: () => toggle(key, false) } }, avatar(each.from), el("span", { class: "who" }, words(each.mine ? "Me" : each.from), el("small", { text: `to ${each.mine ? each.to : "me"}` })), el("time", { text: clock(each.at), title: full(each.at) })),
    each.page ? framed(each) : words(each.text.trim() || "(empty)", { class: "text" }),
    each.rest ? rest(each.rest) : null,
    each.files.length ? el("div", { class: "enclosed" }, each.files.map(file)) : null,
    each.mine ? state(each) : null,
  );
}

// The mail's own page, in a frame in which nothing runs and nothing is loaded.
function framed(each) {
  const frame = el("iframe", { class: "page", src: each.page, title: `The mail of ${each.from}`, sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox" });
  frame.addEventListener("load", () => {
    const page = frame.contentDocument?.documentElement;
    if (page) frame.style.height = `${page.scrollHeight}px`;
  });
  return el("div", { class: "paper" }, frame);
}

function rest(text) {
  const shown = el("div", { class: "rest", hidden: true, dir: "auto", text });
  const button = el("button", { type: "button", class: "dots", "aria-label": "Show what is quoted", title: "What is quoted", "aria-expanded": "false", text: "•••", on: { click: () => { shown.hidden = !shown.hidden; button.setAttribute("aria-expanded", String(!shown.hidden)); } } });
  return el("div", {}, button, shown);
}

function file(each) {
  if (each.picture) return el("a", { class: "thumb", href: each.url, target: "_blank", rel: "noopener", title: each.name }, el("img", { src: each.url, alt: each.name, loading: "lazy" }));
  return el("a", { class: "attached", href: each.url, download: each.name }, icon("file"), el("span", { dir: "auto", text: each.name }), el("small", { text: sizeOf(each.size) }));
}

function state(each) {
  const [kind, text] = each.failure ? ["bad", `Not delivered: ${each.failure}`] : each.arrived ? ["", "✓ The desk's server has it"] : ["", "On its way…"];
  return el("p", { class: `arrived ${kind}`, dir: "auto", text });
}
