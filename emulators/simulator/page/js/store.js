// What the server said, by kind, and what this page is looking at. Whoever draws listens; nobody draws more than once a frame.

import { travelled } from "./time.js";

export const facts = {
  about: { product: "", links: {}, bot: "", domain: "" },
  live: false,
  people: new Map(),
  channels: new Map(),
  messages: new Map(), // channel -> Map(ts -> message)
  ephemerals: new Map(), // person -> Map(ts -> message)
  modals: new Map(), // person -> views, the top one last
  homes: new Map(),
  customers: new Map(), // number -> customer
  phone: new Map(), // sid -> message
  mails: new Map(), // address:number -> mail
  wire: null,
};

export const view = {
  person: null,
  place: null, // a channel's id, or "app"
  thread: null, // ts of the root shown in the side panel
  tab: "home", // of the app
  customer: null, // a number
  asleep: false, // the phone
  side: "phone", // on a narrow screen
};

const listeners = [];
let waiting = false;
let held = null; // while a button or a finger is down: the timer that ends it whatever happens
let late = false; // something changed meanwhile

export const onChange = (listener) => listeners.push(listener);

// A click is a press and a release on the same element. What is redrawn between the two would swallow it, so nothing is.
const HELD_AT_MOST = 30_000; // milliseconds: some releases are never told, as over another window
const ENDS = ["pointerup", "pointercancel", "change", "contextmenu"]; // a menu of the system tells of its choice alone

addEventListener("pointerdown", () => {
  clearTimeout(held);
  held = setTimeout(release, HELD_AT_MOST);
}, true);
for (const end of ENDS) {
  addEventListener(end, () => {
    const ended = held;
    setTimeout(() => { if (held === ended) release(); }); // after the click; the next press holds for itself
  }, true);
}

function release() {
  clearTimeout(held);
  held = null;
  if (late) redraw();
}

export function redraw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    late = held !== null;
    if (!late) for (const listener of listeners) listener();
  });
}

export function look(changes) {
  Object.assign(view, changes);
  redraw();
}

const FLAT = { person: "people", channel: "channels", modals: "modals", home: "homes", customer: "customers", phone: "phone", mail: "mails" };
const NESTED = { message: "messages", ephemeral: "ephemerals" };

// `told`: {about?, facts}. With `about` it is everything, and what was known before is forgotten.
export function take(told) {
  if (told.about) {
    facts.about = told.about;
    for (const name of [...Object.values(FLAT), ...Object.values(NESTED)]) facts[name] = new Map();
  }
  for (const [key, value] of Object.entries(told.facts)) takeOne(key.split("/"), value);
  if (began === null) began = newest();
  for (const [id, list] of facts.messages) if (disordered(list)) facts.messages.set(id, new Map([...list].sort(byTime)));
  redraw();
}

function takeOne([kind, id, ts], value) {
  if (kind === "wire") facts.wire = value;
  else if (kind === "time") travelled(value.ahead);
  else if (kind in FLAT) put(facts[FLAT[kind]], id, value);
  else {
    const outer = facts[NESTED[kind]];
    if (!outer.has(id)) outer.set(id, new Map());
    put(outer.get(id), ts, value);
  }
}

function put(map, key, value) {
  if (value === null) map.delete(key);
  else map.set(key, value);
}

const byTime = ([one], [other]) => (one < other ? -1 : 1);

function disordered(list) {
  let last = "";
  for (const ts of list.keys()) {
    if (ts < last) return true;
    last = ts;
  }
  return false;
}

// Everybody who could sit at the screen: people, not apps.
export const persons = () => [...facts.people.values()].filter((each) => !each.is_bot);

export const nameOf = (id) => facts.people.get(id)?.real_name ?? id;

export const appName = () => facts.about.product || "App";

// What a channel or a thread shows to this person, oldest first: what all see, and what only they see.
export function shownIn(channel, thread, person) {
  const all = [...(facts.messages.get(channel)?.values() ?? [])];
  const own = [...(facts.ephemerals.get(person)?.values() ?? [])].filter((each) => each.channel === channel && !dismissed.has(each.ts));
  const inside = (each) => (thread === null ? !each.thread_ts || each.thread_ts === each.ts : each.thread_ts === thread && each.ts !== thread);
  return [...all, ...own].filter(inside).sort((one, other) => (one.ts < other.ts ? -1 : 1));
}

export const dismissed = new Set();

// What stood there when this person last looked, or when the page was opened; what came after it is news.
const looked = new Map();
let began = null;

export function seen(place, ts) {
  if (ts !== undefined && ts > (looked.get(place) ?? "")) looked.set(place, ts);
}

export const isNew = (place, ts) => ts > (looked.get(place) ?? began);

function newest() {
  let last = "";
  for (const list of [...facts.messages.values(), ...facts.ephemerals.values()]) for (const ts of list.keys()) if (ts > last) last = ts;
  return last;
}
