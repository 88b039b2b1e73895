// A mail that is being written: a new one or an answer. Every mailbox keeps its draft.
import { el, icon } from "./dom.js";
import { chooser, sizeOf } from "./files.js";
import { openMenu } from "./menu.js";
import { facts, look } from "./store.js";
import { toast } from "./toast.js";
import { act } from "./wire.js";

const EXAMPLES = [
  ["Damaged item", "Broken mug", "Hello,\n\nmy mug from order #78932 arrived broken. I would like a refund, please.\n\nKind regards"],
  ["Charged twice", "Charged twice", "Hi,\n\nI was charged twice for order 5512. Please pay one of them back.\n\nThank you"],
  ["Auf Deutsch", "Wo bleibt mein Paket?", "Guten Tag,\n\nmeine Bestellung 4711 ist immer noch nicht angekommen. Wo bleibt sie?\n\nMit freundlichen Grüßen"],
  ["A question", "Opening hours", "Hello, when are you open on Saturdays?"],
];

const drafts = new Map(); // address -> {answers: mail|null, subject, text, files, sending}

export function draftOf(customer, answers) {
  const subject = answers === null ? "" : /^re:/i.test(answers.subject) ? answers.subject : `Re: ${answers.subject}`;
  drafts.set(customer.address, { answers, subject, text: "", files: [] });
}

export function composing({ sent }) {
  let shown = null; // the draft
  let whose = null;
  const title = el("strong");
  const to = el("span", { class: "value", dir: "auto" });
  const subject = el("input", { type: "text", "aria-label": "Subject", placeholder: "Subject", maxlength: 200, dir: "auto" });
  const body = el("textarea", { "aria-label": "Your mail", placeholder: "Write your mail", dir: "auto", maxlength: 20000 });
  const files = el("ul", { class: "chosen" });
  const picker = chooser({ tabindex: "-1", "aria-hidden": "true", changed: (picked) => { if (!picked.length) return; shown.files.push(...picked); picker.set([]); drawFiles(); ready(); } });
  const send = el("button", { class: "button primary", type: "submit" }, "Send");
  const attach = el("button", { class: "bare", type: "button", "aria-label": "Attach a file", title: "Attach a file", "aria-haspopup": "menu", "aria-expanded": "false", on: { click: () => openMenu(attach, [["A sample picture", "picture", "picture.jpg"], ["A sample PDF", "document", "invoice.pdf"]].map(([label, sample, name]) => ({ label, choose: () => { shown.files.push({ sample, name }); drawFiles(); ready(); } })).concat({ label: "A file of this computer…", choose: () => picker.input.click() })) } }, icon("clip"));
  const examples = el("div", { class: "chips", role: "group", "aria-label": "Examples" }, EXAMPLES.map(([label, about, text]) => el("button", { type: "button", title: text, text: label, on: { click: () => { Object.assign(shown, { subject: about, text }); fill(); body.focus(); } } })));
  const hint = el("p", { class: "quoting", text: "The mail you answer is quoted below, as mail programs do." });
  const close = el("button", { class: "bare", type: "button", "aria-label": "Throw this mail away", title: "Throw away", on: { click: () => { drafts.delete(whose.address); look({}); } } }, icon("close"));
  const node = el(
    "form", { class: "composing", hidden: true, on: { submit: (event) => { event.preventDefault(); submit(); } } },
    el("div", { class: "mail-head" }, close, title, attach, send),
    el("div", { class: "field" }, el("span", { text: "To" }), to),
    el("div", { class: "field" }, subject),
    body, files, picker.input, hint, examples,
  );
  const ready = () => {
    if (shown === null) return; // another mailbox is on the screen by now
    send.textContent = shown.sending ? "Sending…" : "Send";
    send.disabled = Boolean(shown.sending) || (!shown.answers && !shown.subject.trim()) || (!shown.text.trim() && !shown.files.length);
  };
  const drawFiles = () => files.replaceChildren(...shown.files.map((file, at) => el("li", {}, icon("file"), el("span", { dir: "auto", text: file.name }), file.size ? el("small", { text: sizeOf(file.size) }) : null, el("button", { type: "button", class: "bare", "aria-label": `Remove ${file.name}`, on: { click: () => { shown.files.splice(at, 1); drawFiles(); ready(); } } }, icon("close")))));
  const fill = () => { subject.value = shown.subject; body.value = shown.text; drawFiles(); ready(); };
  subject.addEventListener("input", () => { shown.subject = subject.value; ready(); });
  body.addEventListener("input", () => { shown.text = body.value; ready(); });
  body.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); if (!send.disabled) submit(); } });

  async function submit() {
    const [draft, customer] = [shown, whose];
    draft.sending = true;
    ready();
    const content = { number: customer.number, text: draft.text.trim(), files: draft.files.map(({ sample, name, content: bytes, type }) => (sample ? { sample } : { name, content: bytes, type })) };
    const done = draft.answers === null ? await act("mail_write", { ...content, subject: draft.subject.trim() }) : await act("mail_reply", { ...content, mail: draft.answers.number });
    draft.sending = false;
    ready();
    if (done === null) return;
    if (!done.ok) toast(`${facts.about.product} did not take the mail: ${done.failure}`, "bad");
    if (drafts.get(customer.address) === draft) drafts.delete(customer.address);
    sent(customer, done);
    look({});
  }

  function begin({ answers }) {
    title.textContent = answers ? "Reply" : "New mail";
    to.textContent = answers && !answers.mine ? answers.from : facts.about.mail;
    subject.readOnly = answers !== null;
    hint.hidden = answers === null;
    examples.hidden = answers !== null;
    fill();
    // At once: a frame later it would take the cursor from whoever has gone on to another field.
    (answers ? body : subject).focus();
  }

  return {
    node,
    // Whether a mail is being written there.
    draw(customer) {
      whose = customer;
      const before = shown;
      shown = drafts.get(customer.address) ?? null;
      node.hidden = shown === null;
      if (shown !== null && shown !== before) begin(shown);
      return shown !== null;
    },
  };
}
