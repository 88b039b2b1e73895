// Instants as people in this browser's time zone read them.

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const CLOCK_SECONDS = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", second: "2-digit" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const SHORT = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", year: "numeric" });
const LONG = new Intl.DateTimeFormat(undefined, { weekday: "long", month: "long", day: "numeric", year: "numeric" });
const NUMBERS = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "2-digit", day: "2-digit" });
const MIDDLE = new Intl.DateTimeFormat(undefined, { month: "long", day: "numeric", year: "numeric" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", month: "long", day: "numeric" });

// The application may be ahead of the world's time, by so many seconds.
let ahead = 0;
export const travelled = (seconds) => { ahead = seconds; };
export const present = () => Date.now() / 1000 + ahead;
const today = () => new Date(present() * 1000);

const date = (seconds) => new Date(Number(seconds) * 1000);

export const clock = (seconds) => CLOCK.format(date(seconds));
const WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "numeric", minute: "2-digit" });
export const weekday = (seconds) => WEEKDAY.format(date(seconds));
export const full = (seconds) => FULL.format(date(seconds));

function dayNumber(at) {
  return Math.round(new Date(at.getFullYear(), at.getMonth(), at.getDate(), 12).getTime() / 86_400_000);
}

export function day(seconds) {
  const back = dayNumber(today()) - dayNumber(date(seconds));
  if (back === 0) return "Today";
  return back === 1 ? "Yesterday" : DAY.format(date(seconds));
}

export const sameDay = (one, other) => dayNumber(date(one)) === dayNumber(date(other));

function pretty(at, otherwise) {
  const days = dayNumber(at) - dayNumber(today());
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? otherwise.format(at);
}

export function ago(seconds) {
  const past = present() - Number(seconds);
  const [amount, unit] = Math.abs(past) < 60 ? [past, "second"] : Math.abs(past) < 3600 ? [past / 60, "minute"] : Math.abs(past) < 86_400 ? [past / 3600, "hour"] : [past / 86_400, "day"];
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(-Math.round(amount), unit);
}

const TOKENS = {
  date_num: (at) => NUMBERS.format(at),
  date: (at) => MIDDLE.format(at),
  date_short: (at) => SHORT.format(at),
  date_long: (at) => LONG.format(at),
  date_pretty: (at) => pretty(at, MIDDLE),
  date_short_pretty: (at) => pretty(at, SHORT),
  date_long_pretty: (at) => pretty(at, LONG),
  time: (at) => CLOCK.format(at),
  time_secs: (at) => CLOCK_SECONDS.format(at),
  ago: (at) => ago(at.getTime() / 1000),
};

// Slack's <!date^…>: `format` with {tokens}; null when there is no such instant.
export function formatted(seconds, format) {
  const at = date(seconds);
  if (Number.isNaN(at.getTime())) return null;
  const text = format.replace(/\{(\w+)\}/g, (whole, name) => TOKENS[name]?.(at) ?? whole);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const duration = (seconds) => (seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : `${seconds.toFixed(1)} s`);
