// Slack's names of emoji, as far as applications of this kind use them; others stay as they are written.

const KNOWN = {
  white_check_mark: "✅", heavy_check_mark: "✔️", warning: "⚠️", hourglass: "⌛", hourglass_flowing_sand: "⏳", ticket: "🎫",
  speech_balloon: "💬", lock: "🔒", unlock: "🔓", red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡",
  large_green_circle: "🟢", large_blue_circle: "🔵", white_circle: "⚪", bust_in_silhouette: "👤", busts_in_silhouette: "👥",
  inbox_tray: "📥", outbox_tray: "📤", memo: "📝", pencil: "📝", x: "❌", bell: "🔔", eyes: "👀", fire: "🔥", tada: "🎉",
  robot_face: "🤖", clock3: "🕒", alarm_clock: "⏰", rotating_light: "🚨", question: "❓", exclamation: "❗", star: "⭐",
  "+1": "👍", thumbsup: "👍", "-1": "👎", wave: "👋", pray: "🙏", slightly_smiling_face: "🙂", smile: "😄", neutral_face: "😐",
  confused: "😕", angry: "😠", heart: "❤️", package: "📦", moneybag: "💰", mag: "🔍", link: "🔗", zap: "⚡", point_right: "👉",
  no_entry: "⛔", no_entry_sign: "🚫", repeat: "🔁", arrow_right: "➡️", paperclip: "📎", calendar: "📅", bulb: "💡", sparkles: "✨",
};

export const emoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => KNOWN[name] ?? whole);
