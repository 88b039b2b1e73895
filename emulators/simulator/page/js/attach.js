// What a customer can send beside words: a sample, or a file of this computer.
import { el, icon } from "./dom.js";
import { openMenu } from "./menu.js";
import { facts, view } from "./store.js";
import { toast } from "./toast.js";
import { act } from "./wire.js";

const MOST = 15 * 1024 * 1024; // bytes

// `words()` are taken along with it, and are gone from the composer then.
export function attaching(words) {
  const chooser = el("input", { type: "file", hidden: true, tabindex: "-1", "aria-label": "A file of this computer" });
  chooser.addEventListener("change", async () => {
    const [file] = chooser.files;
    chooser.value = "";
    if (file === undefined) return;
    if (file.size > MOST) { toast("The simulator takes files of 15 MB at most.", "bad"); return; }
    await send({ name: file.name, type: file.type, content: await encoded(file) }, words);
  });
  const button = el("button", { class: "bare attach", type: "button", "aria-label": "Send a picture or a file", title: "Send a picture or a file", "aria-haspopup": "menu", "aria-expanded": "false" }, icon("plus"));
  button.addEventListener("click", () => openMenu(button, [
    { label: "A sample picture", choose: () => send({ sample: "picture" }, words) },
    { label: "A sample PDF", choose: () => send({ sample: "document" }, words) },
    { label: "A file of this computer…", choose: () => chooser.click() },
  ]));
  return { button, chooser };
}

async function send(file, words) {
  const done = await act("attach", { number: view.customer, text: words(), ...file });
  if (done !== null && !done.ok) toast(`${facts.about.product} did not take it (${done.status ?? "no answer"}).`, "bad");
}

const encoded = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(file);
});
