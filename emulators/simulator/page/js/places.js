// Going somewhere in Slack: a channel, a thread, a single message.
import { look } from "./store.js";

// Shows the channel, with the message's thread beside it when it has a root, and the message itself.
export function follow(channel, ts, root = null) {
  look({ place: channel, thread: root, side: "slack" });
  if (ts === null) return;
  requestAnimationFrame(() => requestAnimationFrame(() => point(ts)));
}

function point(ts) {
  const node = [...document.querySelectorAll("[data-key]")].findLast((each) => each.dataset.key === ts);
  if (!node) return;
  node.scrollIntoView({ block: "center" });
  node.classList.add("pointed");
  setTimeout(() => node.classList.remove("pointed"), 2000);
}
