// The modal of the person at the screen, above the Slack window: its top view, filled in and submitted for real.
import { drawBlock } from "./blocks.js";
import { el, icon, keyed } from "./dom.js";
import { forget, formOf } from "./form.js";
import { whereOf } from "./home.js";
import { unescaped } from "./mrkdwn.js";
import { facts, redraw, view } from "./store.js";
import { act, interact } from "./wire.js";

const TROUBLE = "We had some trouble connecting. Try again?";

export function modalLayer(behind) {
  const node = el("div", { class: "modals", hidden: true });
  let shown = null; // the id of the view on screen
  let before = null; // who had the focus when the first one opened

  function draw() {
    const stack = facts.modals.get(view.person) ?? [];
    forget(new Set([...[...facts.modals.values()].flat(), ...facts.homes.values()].map((each) => each.id)));
    const top = stack.at(-1) ?? null;
    behind.inert = top !== null;
    node.hidden = top === null;
    if (top === null) {
      if (shown !== null) leave();
      return;
    }
    if (shown === null) before = document.activeElement?.dataset.focus ?? null;
    if (shown !== top.id) node.replaceChildren(frame());
    fill(node.firstElementChild, top);
    pointOut(formOf(top.id), node);
    if (shown !== top.id) (node.querySelector("[data-first]") ?? node.querySelector(".sheet :is(input, textarea, select, button)") ?? node.querySelector("button")).focus();
    shown = top.id;
  }

  function leave() {
    shown = null;
    node.replaceChildren();
    const back = [...behind.querySelectorAll("[data-focus]")].find((each) => each.dataset.focus === before);
    (back ?? behind.querySelector(".pane:not([hidden]) .messages"))?.focus({ preventScroll: true });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || shown === null) return;
    if (!document.activeElement.closest("#phone, dialog, .menu")) node.querySelector(".modal .bare").click();
  });
  return { node, draw };
}

function frame() {
  return el(
    "form",
    { class: "modal", role: "dialog", "aria-modal": "true", "aria-labelledby": "modal-title", novalidate: true },
    el("header"), el("div", { class: "sheet" }), el("footer"),
  );
}

// Only what differs is drawn again: blocks by their id, so that what is being typed stays as it is.
function fill(modal, top) {
  const form = formOf(top.id);
  const user = view.person;
  const where = whereOf(top, user);
  const [head, sheet, foot] = modal.children;
  const close = () => act("close", { user, view_id: top.id });
  const label = (text, otherwise) => (text ? unescaped(text.text) : otherwise);
  keyed(head, [
    { key: "title", deps: [top.title?.text], draw: () => el("h2", { id: "modal-title", dir: "auto", text: label(top.title, "") }) },
    { key: "close", deps: [top.id, user], draw: () => el("button", { class: "bare", type: "button", "aria-label": "Close", on: { click: close } }, icon("close")) },
  ]);
  const trouble = form.trouble ? [{ key: "trouble", deps: [form.trouble], draw: () => el("p", { class: "trouble", role: "alert", text: form.trouble }) }] : [];
  keyed(sheet, [...trouble, ...top.blocks.map((block) => ({ key: block.block_id, deps: [JSON.stringify(block), form.errors[block.block_id], top.id], draw: () => drawBlock(block, where) }))]);
  keyed(foot, [
    { key: "cancel", deps: [top.id, label(top.close, "Cancel")], draw: () => el("button", { class: "button", type: "button", text: label(top.close, top.submit ? "Cancel" : "Close"), on: { click: close } }) },
    ...(top.submit ? [{ key: "submit", deps: [top.id, top.submit.text, form.sending], draw: () => el("button", { class: "button primary", type: "submit", disabled: form.sending || top.submit_disabled, text: label(top.submit, ""), data: { focus: "submit" } }) }] : []),
  ]);
  modal.onsubmit = (event) => {
    event.preventDefault();
    submit(modal, top, user, form);
  };
  modal.onkeydown = (event) => { if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) modal.requestSubmit(); };
}

async function submit(modal, top, user, form) {
  if (form.sending) return;
  form.sending = true;
  form.trouble = "";
  redraw();
  const done = await interact("submit", { user, view_id: top.id, values: form.filled(top.blocks) });
  form.sending = false;
  form.errors = done?.outcome === "errors" ? done.errors : {};
  form.trouble = done === null || done.outcome === "failed" ? TROUBLE : "";
  form.wrong = Object.keys(form.errors)[0] ?? null;
  redraw();
}

// The cursor goes to what is wrong as that is drawn: later it would be taken from whoever writes elsewhere by then.
function pointOut(form, modal) {
  if (form.wrong === null) return;
  const wrong = [...modal.querySelectorAll("[data-block]")].find((each) => each.dataset.block === form.wrong);
  form.wrong = null;
  wrong?.querySelector("input, textarea, select")?.focus();
}
