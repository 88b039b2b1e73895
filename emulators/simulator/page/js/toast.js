// Short words at the edge of the screen: what could not be done. They go by themselves, or when clicked.
import { el, icon } from "./dom.js";

const SECONDS = 7;

// `place`: another one to stand in than the edge of the screen.
export function toast(text, kind = "", place = document.getElementById("toasts")) {
  const leave = () => note.remove();
  const note = el(
    "div",
    { class: `toast ${kind}` },
    el("span", { dir: "auto", text }),
    el("button", { class: "bare", type: "button", "aria-label": "Dismiss", on: { click: leave } }, icon("close")),
  );
  const others = place.querySelectorAll(".toast");
  if (others.length >= 3) others[0].remove();
  place.append(note);
  setTimeout(leave, SECONDS * 1000);
}
