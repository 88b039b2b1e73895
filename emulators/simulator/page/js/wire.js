// The two ways to the server: its stream of facts, and deeds.
import { facts, redraw, take } from "./store.js";
import { toast } from "./toast.js";

export function listen() {
  const stream = new EventSource("/stream");
  stream.onopen = () => { facts.live = true; redraw(); };
  stream.onmessage = (event) => take(JSON.parse(event.data));
  stream.onerror = () => { facts.live = false; redraw(); }; // the browser connects again by itself
}

// Does something as a person or a customer. null when it could not be done; the reason has been shown then.
export async function act(deed, body) {
  let answer;
  try {
    answer = await fetch(`/do/${deed}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  } catch {
    toast("The simulator has ended. Start it again with make demo.", "bad");
    return null;
  }
  const done = await answer.json().catch(() => ({ message: "The simulator did not understand that." }));
  if (!answer.ok) {
    toast(done.message, "bad");
    return null;
  }
  return done;
}

// The same for what people press: Slack shows a warning when the application does not answer.
export async function interact(deed, body) {
  const done = await act(deed, body);
  if (done?.outcome === "failed" && deed !== "submit") toast(`${facts.about.product} did not answer in time. Try again.`, "bad");
  return done;
}
