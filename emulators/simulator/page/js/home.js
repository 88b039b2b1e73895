// The app itself: its home tab, as it published it for this person, and its conversation with them.
import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { el, keyed, sticking } from "./dom.js";
import { formOf } from "./form.js";
import { messageItem } from "./message.js";
import { appName, facts, look, shownIn, view } from "./store.js";
import { act, interact } from "./wire.js";

export function homeTab() {
  const title = el("h1", { dir: "auto" });
  const tab = (name, label) => el("button", { type: "button", role: "tab", data: { tab: name }, text: label, on: { click: () => look({ tab: name }) } });
  const tabs = el("div", { class: "tabs", role: "tablist" }, tab("home", "Home"), tab("messages", "Messages"));
  const sheet = el("div", { class: "sheet", tabindex: "0" });
  const list = el("div", { class: "messages", role: "log", "aria-label": "Messages with the app", tabindex: "0" });
  const write = composer({ label: "Message to the app", name: "app", send: async (text) => (await act("say", { user: view.person, channel: direct()?.id, text })) !== null });
  const node = el("section", { class: "pane app", "aria-label": "App", hidden: true }, el("header", {}, el("div", { class: "title" }, title), tabs), sheet, list, write.node);
  let visited = null;

  function draw() {
    title.textContent = appName();
    for (const each of tabs.children) each.setAttribute("aria-selected", String(each.dataset.tab === view.tab));
    const home = view.tab === "home";
    sheet.hidden = !home;
    list.hidden = write.node.hidden = home;
    if (home) {
      if (visited !== view.person) act("home", { user: (visited = view.person) });
      keyed(sheet, [homeItem()]);
      return;
    }
    const channel = direct();
    const shown = channel ? shownIn(channel.id, null, view.person) : [];
    sticking(list, () => keyed(list, shown.map((each) => messageItem(channel.id, each, true))));
    write.at(`${view.person} app`, channel ? `Message ${appName()}` : "No conversation with the app yet", !channel);
  }
  new MutationObserver(() => { if (node.hidden) visited = null; }).observe(node, { attributes: true, attributeFilter: ["hidden"] });
  return { node, draw };
}

const direct = () => [...facts.channels.values()].find((each) => each.im && each.members.includes(view.person));

function homeItem() {
  const home = facts.homes.get(view.person);
  const person = view.person;
  return {
    key: `home ${person}`,
    deps: [home],
    draw: () => (home ? el("div", { class: "home" }, blocks(home.blocks, whereOf(home, person))) : el("div", { class: "empty" }, el("h2", { text: "Nothing here" }), el("p", { text: `${appName()} has not put anything on this tab.` }))),
  };
}

// How the elements of an open view reach the application.
export function whereOf(shown, user) {
  const filled = () => (shown.type === "modal" ? { values: formOf(shown.id).filled(shown.blocks) } : {});
  const about = (block, it) => ({ user, view_id: shown.id, action_id: it.action_id, block_id: block.block_id });
  return {
    form: formOf(shown.id),
    idOf: (block) => `field-${shown.id}-${block.block_id}`,
    labelOf: (block) => `label-${shown.id}-${block.block_id}`,
    press: (block, it, chosen) => interact("press_in", { ...about(block, it), ...filled(), ...(chosen === undefined ? {} : { value: chosen }) }),
    suggest: async (block, it, typed) => (await act("suggestions", { ...about(block, it), typed }))?.options ?? [],
  };
}
