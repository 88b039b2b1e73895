// The page's head: what this is, what has crossed the wire, and the look of it.
import { el, icon } from "./dom.js";
import { facts, look, onChange, view } from "./store.js";
import { duration, full, present, weekday } from "./time.js";
import { toast } from "./toast.js";
import { act } from "./wire.js";

export function head(root, stage) {
  const product = el("strong");
  const live = el("span", { class: "live", role: "status" });
  const wire = el("dl", { class: "wire", title: "Signed requests to the application so far, with how long it took to answer the last one" });
  const links = el("nav", { class: "links", "aria-label": "Links" });
  const choice = el("div", { class: "choice" });
  const travel = el("div", { class: "travel", role: "group", "aria-label": "The desk's time" });
  setInterval(() => drawTime(travel), 1000);
  const about = el("button", { class: "bare", type: "button", "aria-label": "What is this?", title: "What is this?", on: { click: explain } }, icon("info"));
  const theme = el("button", { class: "bare theme", type: "button", "aria-label": "Light or dark", title: "Light or dark", on: { click: () => dispatchEvent(new Event("theme")) } }, icon("sun"), icon("moon"));
  const side = (name, label) => el("button", { type: "button", role: "tab", data: { side: name }, text: label, on: { click: () => look({ side: name }) } });
  const sides = el("div", { class: "sides", role: "tablist", "aria-label": "What to look at" }, side("phone", "Phone"), side("slack", "Slack"));
  root.append(el("div", { class: "brand" }, el("img", { src: "/page/icon.svg", alt: "", width: 26, height: 26 }), product, el("span", { class: "what", text: "Simulator" })), sides, wire, live, travel, choice, links, about, theme);

  onChange(() => {
    product.textContent = facts.about.product;
    document.title = facts.about.product ? `${facts.about.product} simulator` : "Simulator";
    live.textContent = facts.live ? "Live" : "Not connected";
    live.classList.toggle("off", !facts.live);
    stage.dataset.side = view.side;
    for (const each of sides.children) each.setAttribute("aria-selected", String(each.dataset.side === view.side));
    drawWire(wire);
    drawChoice(choice);
    drawTravel(travel);
    drawLinks(links);
  });
}

function drawWire(place) {
  const { whatsapp = 0, whatsapp_seconds: toTwilio, slack = 0, slack_seconds: toSlack, calls = 0, telegram = null, mail = null } = facts.wire ?? {};
  const shown = [["WhatsApp", whatsapp, toTwilio], ...(telegram === null ? [] : [["Telegram", telegram, null]]), ...(mail === null ? [] : [["E-mail", mail, null]]), ["Slack", slack, toSlack], ["API", calls, null]];
  const said = shown.map(([name, count, seconds]) => [name, `${count}${typeof seconds === "number" ? ` · ${duration(seconds)}` : ""}`]);
  if (place.dataset.said === String(said)) return;
  place.dataset.said = String(said);
  place.replaceChildren(...said.map(([name, text]) => el("div", {}, el("dt", { text: name }), el("dd", { text }))));
}

// What may be chosen for the application; it says itself what came of it.
function drawChoice(place) {
  const offered = facts.about.choice ?? null;
  const said = JSON.stringify(offered);
  if (place.dataset.said === said) return;
  place.dataset.said = said;
  if (offered === null) return place.replaceChildren();
  const options = Object.entries(offered.options).map(([value, text]) => el("option", { value, text }));
  const menu = el("select", { "aria-label": offered.label, on: { change: () => choose(menu) } }, el("option", { value: "", text: `${offered.label}…`, disabled: true, selected: true }), ...options);
  place.replaceChildren(menu);
}

async function choose(menu) {
  menu.disabled = true;
  const done = await act("choose", { option: menu.value });
  menu.disabled = false;
  if (done) toast(done.said);
  else menu.value = "";
}

// What time it is at the desk, and buttons that take it ahead: nights and lunch breaks need not be waited for.
function drawTravel(place) {
  const offered = facts.about.travel ?? null;
  const said = JSON.stringify(offered);
  if (place.dataset.said !== said) {
    place.dataset.said = said;
    const jumps = Object.entries(offered ?? {}).map(([option, text]) => {
      const button = el("button", { type: "button", text, title: `Let the desk's time jump: ${text}`, on: { click: () => jump(button, option) } });
      return button;
    });
    place.replaceChildren(...(offered === null ? [] : [icon("clock"), el("time"), ...jumps]));
  }
  drawTime(place);
}

function drawTime(place) {
  const shown = place.querySelector("time");
  if (!shown) return;
  const text = weekday(present());
  if (shown.textContent !== text) shown.textContent = text;
  shown.title = `The desk's time: ${full(present())}`;
}

async function jump(button, option) {
  button.setAttribute("aria-busy", "true");
  const done = await act("travel", { option });
  button.removeAttribute("aria-busy");
  if (done) toast(done.said);
}

function drawLinks(place) {
  const links = Object.entries(facts.about.links);
  if (place.dataset.said === String(links)) return;
  place.dataset.said = String(links);
  place.replaceChildren(...links.map(([label, address]) => el("a", { href: address, target: "_blank", rel: "noopener noreferrer", text: label })));
}

function explain() {
  const product = facts.about.product;
  const says = [
    `On the left is a customer's phone, on the right the team's Slack. Both are emulated on this machine; ${product} itself is the real thing, with its processes, its database and the providers' own SDKs.`,
    "Whatever you do here reaches it as from WhatsApp, Telegram, a mail server and Slack, signed as theirs is. What you see is drawn from what it sends back.",
    "Write as a customer, claim and answer as Mia, look on as Ben. Put the phone away to see a reply delivered but not read. Nothing leaves this machine, and all of it is gone when it ends.",
  ];
  const box = el(
    "dialog",
    { class: "confirm", "aria-labelledby": "about-title" },
    el("h2", { id: "about-title", text: "What is this?" }),
    says.map((text) => el("p", { text })),
    el("form", { method: "dialog", class: "buttons" }, el("button", { class: "button primary", text: "Got it", autofocus: true })),
  );
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}
