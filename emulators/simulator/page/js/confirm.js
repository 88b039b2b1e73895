// Slack's question before something is done: true when it was answered with yes.
import { el, words } from "./dom.js";
import { textObject, unescaped } from "./mrkdwn.js";

export function confirmed(question) {
  return new Promise((answer) => {
    const yes = question.style === "danger" ? "danger" : "primary";
    const box = el(
      "dialog",
      { class: "confirm", "aria-labelledby": "confirm-title" },
      el("h2", { id: "confirm-title", dir: "auto", text: unescaped(question.title.text) }),
      el("p", {}, textObject(question.text)),
      el(
        "form",
        { method: "dialog", class: "buttons" },
        el("button", { class: "button", value: "no" }, words(unescaped(question.deny.text))),
        el("button", { class: `button ${yes}`, value: "yes", autofocus: true }, words(unescaped(question.confirm.text))),
      ),
    );
    box.addEventListener("close", () => {
      box.remove();
      answer(box.returnValue === "yes");
    });
    document.body.append(box);
    box.showModal();
  });
}
