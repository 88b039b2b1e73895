// One message on the phone: its words, files, buttons, and how far it has come.
import { el, icon } from "./dom.js";
import { clock } from "./time.js";
import { toast } from "./toast.js";
import { act } from "./wire.js";

// `edit(message)` is called when its writer wants to change it; null where that cannot be done.
export function bubble(message, edit) {
  const mine = message.from_customer;
  const files = message.files.length ? message.files.map(shownFile) : message.media ? [el("span", { class: "media" }, icon("picture"), `${message.media} attached`)] : [];
  const change = edit && message.editable ? el("button", { class: "bare change", type: "button", "aria-label": "Edit this message", title: "Edit", data: { focus: `edit ${message.sid}` }, on: { click: () => edit(message) } }, icon("edit")) : null;
  const said = el(
    "div",
    { class: `bubble ${mine ? "out" : "in"}` },
    files, message.body ? el("span", { class: "text", dir: "auto", text: message.body }) : null,
    el("span", { class: "meta" }, message.edited ? el("span", { text: "edited" }) : null, el("time", { text: clock(message.at) }), mine ? ticks(message.taken) : null),
    change,
  );
  if (!message.buttons.length) return said;
  return el("div", { class: "with-buttons" }, said, el("div", { class: "below" }, message.buttons.map(([label]) => el("button", { type: "button", text: label, data: { focus: `${message.sid} ${label}` }, on: { click: (event) => tap(event.currentTarget, message, label) } }))));
}

async function tap(button, message, label) {
  const phone = button.closest(".screen"); // the answer stands on it, also when the message was drawn anew
  button.classList.add("waits");
  const done = await act("tap", { number: message.customer.replace("whatsapp:", ""), sid: message.sid, message_id: message.message_id, button: label });
  button.classList.remove("waits");
  if (done === null) return;
  if (done.answer === null) toast("Nobody answered the press.", "bad", phone);
  else if (done.answer) toast(done.answer, "", phone);
}

function shownFile(file) {
  if (file.picture) return el("a", { class: "photo", href: file.url, target: "_blank", rel: "noopener" }, el("img", { src: file.url, alt: file.name || "A picture", loading: "lazy" }));
  return el("a", { class: "media", href: file.url, download: file.name || true }, icon("file"), el("span", { dir: "auto", text: file.name || file.type }), el("small", { text: size(file.size) }));
}

const size = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

function ticks(taken) {
  const [sign, label] = taken === null ? ["✓", "Sent"] : taken ? ["✓✓", "Delivered"] : ["!", "Not delivered"];
  return el("span", { class: `ticks ${taken === false ? "bad" : ""}`, role: "img", "aria-label": label, title: label, text: sign });
}
