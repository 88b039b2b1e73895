// Puts the page together. What is known stands in store.js; each part draws its own piece of it.
import { head } from "./head.js";
import { phone } from "./phone.js";
import { slackWindow } from "./slack.js";
import { look } from "./store.js";
import { listen } from "./wire.js";

head(document.getElementById("head"), document.getElementById("stage"));
phone(document.getElementById("phone"));
slackWindow(document.getElementById("slack"));
look({});
listen();
