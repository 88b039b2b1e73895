// The place to write in a channel, a thread or on the phone. Enter sends, Shift+Enter makes a line; every place keeps its draft.
import { el, icon } from "./dom.js";
import { chooser } from "./files.js";

const drafts = new Map(); // place -> what stands there
const chosen = new Map(); // place -> the files that are to go with it

// `send(text, files)` returns whether it was taken. `at(place, hint, disabled)` moves the composer; `fill` writes into it.
// `attach`: files can go with the words, or without any.
export function composer({ label, send, name, attach = false }) {
  let here = "";
  const field = el("textarea", { rows: 1, dir: "auto", "aria-label": label, name, maxlength: 12000, enterkeyhint: "send" });
  const button = el("button", { class: "send", type: "submit", "aria-label": "Send", title: "Send (Enter)" }, icon("send"));
  const grow = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, 140)}px`;
    button.disabled = field.disabled || (field.value.trim() === "" && picked().length === 0);
  };
  const choice = attach ? chooser({ tabindex: "-1", "aria-hidden": "true", changed: (files) => { chosen.set(here, files); grow(); } }) : null;
  const picked = () => choice?.files() ?? [];
  const write = (text) => {
    field.value = text;
    drafts.set(here, text);
    grow();
  };
  const submit = async () => {
    const text = field.value.trim();
    const files = picked();
    const place = here;
    if (text === "" && files.length === 0) return;
    choice?.set([]);
    write("");
    if ((await send(text, files)) || drafts.get(place) || chosen.get(place)?.length) return;
    if (place === here) {
      choice?.set(files);
      write(text);
    } else {
      drafts.set(place, text);
      chosen.set(place, files);
    }
  };
  field.addEventListener("input", () => { drafts.set(here, field.value); grow(); });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  const pick = attach ? el("button", { class: "attach-files", type: "button", "aria-label": "Attach files", title: "Attach files", on: { click: () => choice.input.click() } }, icon("clip")) : null;
  const form = el("form", { class: "composer", on: { submit: (event) => { event.preventDefault(); submit(); } } }, choice?.list, choice?.input, pick, field, button);
  if (attach) {
    field.addEventListener("paste", (event) => { if (event.clipboardData.files.length) { event.preventDefault(); choice.add(event.clipboardData.files); } });
    form.addEventListener("dragover", (event) => event.preventDefault());
    form.addEventListener("drop", (event) => { event.preventDefault(); if (!field.disabled) choice.add(event.dataTransfer.files); });
  }
  return {
    node: form,
    field,
    fill(text) { write(text); field.focus(); },
    at(place, hint, disabled = false) {
      field.placeholder = hint;
      field.disabled = disabled;
      if (pick) pick.disabled = disabled;
      if (place !== here) {
        here = place;
        field.value = drafts.get(place) ?? "";
        choice?.set(chosen.get(place) ?? []);
      }
      grow();
    },
  };
}
