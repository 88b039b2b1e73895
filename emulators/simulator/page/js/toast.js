// Short words at the edge of the screen: what could not be done. They go by themselves, or when clicked.
import { el, icon } from "./dom.js";

const SECONDS = 7;

export function toast(text, kind = "") {
  const leave = () => note.remove();
  const note = el(
    "div",
    { class: `toast ${kind}` },
    el("span", { dir: "auto", text }),
    el("button", { class: "bare", type: "button", "aria-label": "Dismiss", on: { click: leave } }, icon("close")),
  );
  const place = document.getElementById("toasts");
  while (place.children.length >= 3) place.firstElementChild.remove();
  place.append(note);
  setTimeout(leave, SECONDS * 1000);
}
