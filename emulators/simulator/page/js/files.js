// Files: how a message shows them, and how a person chooses some. Pictures come from the simulator's own address only.
import { el, icon } from "./dom.js";
import { toast } from "./toast.js";

export const MOST_FILES = 10;
const MOST_BYTES = 10 * 1024 * 1024;
const DRAWN = ["image/png", "image/jpeg", "image/gif"];

export const addressOf = (id) => `/slack-file/${encodeURIComponent(id)}`;

export const sizeOf = (bytes) => (bytes < 1000 ? `${bytes} bytes` : bytes < 999_500 ? `${Math.round(bytes / 1000)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

// The picture itself; where it cannot be had, `otherwise` stands for it.
export function image(id, alt, otherwise) {
  const node = el("img", { src: addressOf(id), alt, loading: "lazy" });
  node.addEventListener("error", () => node.replaceWith(otherwise()));
  return node;
}

// What a person shared: pictures large, everything else as a card to download.
export const shared = (files) => el("div", { class: "files" }, files.map((file) => (file.mode === "tombstone" ? gone() : DRAWN.includes(file.mimetype) ? picture(file) : card(file))));

const gone = () => el("p", { class: "unsupported", text: "This file was deleted." });

function picture(file) {
  const link = el("a", { class: "shot", href: addressOf(file.id), target: "_blank", rel: "noopener noreferrer", title: file.name }, image(file.id, file.name, () => el("span", { class: "picture large" }, icon("picture"))));
  return el("figure", { class: "shared" }, el("figcaption", { dir: "auto", text: file.name }), link);
}

function card(file) {
  return el(
    "a", { class: "file", href: addressOf(file.id), download: file.name },
    el("span", { class: "sheet-of-paper" }, icon("file")),
    el("span", { class: "of" }, el("b", { dir: "auto", text: file.name }), el("small", { text: [file.pretty_type, sizeOf(file.size)].filter(Boolean).join(" · ") })),
  );
}

// A place to choose files in. `changed(files)` hears of every change; each is {name, size, content}, content in base64.
export function chooser({ id, most = MOST_FILES, types = [], initial = [], changed, ...look }) {
  const input = el("input", { type: "file", class: "unseen", id, multiple: most > 1, accept: types.map((each) => `.${each.replace(/^\./, "")}`).join(",") || null, ...look });
  const list = el("ul", { class: "chosen" });
  let files = [...initial];
  const draw = () => list.replaceChildren(...files.map((file, at) => chip(file, () => set(files.filter((_, index) => index !== at)))));
  const set = (next) => { files = next; draw(); changed(files); };
  async function add(given) {
    const taken = [...given].slice(0, Math.max(0, most - files.length));
    if (taken.length < given.length) toast(`At most ${most} ${most === 1 ? "file" : "files"} at once.`, "bad");
    const fit = taken.filter((file) => file.size <= MOST_BYTES);
    if (fit.length < taken.length) toast("A file may have 10 MB.", "bad");
    const read = await Promise.all(fit.map(async (file) => ({ name: file.name, size: file.size, content: await base64(file) })));
    set([...files, ...read]);
  }
  input.addEventListener("change", async () => { await add(input.files); input.value = ""; });
  draw();
  return { input, list, add, files: () => files, set };
}

function chip(file, remove) {
  return el(
    "li", {}, icon("file"), el("span", { dir: "auto", text: file.name }), el("small", { text: sizeOf(file.size) }),
    el("button", { type: "button", class: "bare", "aria-label": `Remove ${file.name}`, on: { click: remove } }, icon("close")),
  );
}

const base64 = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(file);
});
