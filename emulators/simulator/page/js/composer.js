// The place to write in a channel, a thread or on the phone. Enter sends, Shift+Enter makes a line; every place keeps its draft.
import { el, icon } from "./dom.js";

const drafts = new Map(); // place -> what stands there

// `send(text)` returns whether it was taken. `at(place, hint, disabled)` moves the composer; `fill` writes into it.
export function composer({ label, send, name }) {
  let here = "";
  const field = el("textarea", { rows: 1, dir: "auto", "aria-label": label, name, maxlength: 12000, enterkeyhint: "send" });
  const button = el("button", { class: "send", type: "submit", "aria-label": "Send", title: "Send (Enter)" }, icon("send"));
  const grow = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, 140)}px`;
    button.disabled = field.disabled || field.value.trim() === "";
  };
  const write = (text) => {
    field.value = text;
    drafts.set(here, text);
    grow();
  };
  const submit = async () => {
    const text = field.value.trim();
    const place = here;
    if (text === "") return;
    write("");
    if ((await send(text)) || drafts.get(place)) return;
    if (place === here) write(text);
    else drafts.set(place, text);
  };
  field.addEventListener("input", () => { drafts.set(here, field.value); grow(); });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  const form = el("form", { class: "composer", on: { submit: (event) => { event.preventDefault(); submit(); } } }, field, button);
  return {
    node: form,
    field,
    fill(text) { write(text); field.focus(); },
    at(place, hint, disabled = false) {
      field.placeholder = hint;
      field.disabled = disabled;
      if (place !== here) {
        here = place;
        field.value = drafts.get(place) ?? "";
      }
      grow();
    },
  };
}
