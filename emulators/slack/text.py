"""A message or a view as plain text, about 78 columns wide: what a person sees in Slack, in a terminal.

Pure. It draws whatever it is given, unknown blocks as a note of their type, and never raises on accepted blocks.
"""

import datetime
import html
import re
from collections.abc import Callable, Mapping
from typing import Any

from emulators.slack.width import clean, cut, padded, right_to_left, width, wrapped

WIDTH = 78
_TOKEN = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_EMOJI = {
    "white_check_mark": "✅", "warning": "⚠️", "hourglass": "⌛", "hourglass_flowing_sand": "⏳", "ticket": "🎫",
    "speech_balloon": "💬", "lock": "🔒", "red_circle": "🔴", "large_yellow_circle": "🟡", "large_green_circle": "🟢",
    "large_blue_circle": "🔵", "white_circle": "⚪", "bust_in_silhouette": "👤", "inbox_tray": "📥",
    "outbox_tray": "📤", "memo": "📝", "x": "❌", "bell": "🔔", "eyes": "👀", "fire": "🔥", "tada": "🎉",
    "robot_face": "🤖", "clock3": "🕒",
}  # fmt: skip

Names = Mapping[str, str]


def as_text(thing: Mapping[str, Any], *, names: Names | None = None, columns: int = WIDTH) -> str:
    """A message, or a modal or home view. `names` maps ids of people and channels to what they are called."""
    known = names or {}
    if "title" in thing or thing.get("type") in ("modal", "home"):
        return _view(thing, known, columns)
    blocks = thing.get("blocks") or []
    lines = _blocks(blocks, known, columns) if blocks else _prose(str(thing.get("text", "")), known, columns)
    files = thing.get("files") or []
    if files and not blocks and not thing.get("text"):
        lines = []
    lines += [f"📎 {clean(str(each.get('name') or '(a deleted file)'))}" for each in files]
    for attachment in thing.get("attachments") or []:
        inner = attachment.get("blocks")
        shown = _blocks(inner, known, columns - 2) if inner else _prose(_fallback(attachment), known, columns - 2)
        lines += [f"▎ {line}" for line in shown]
    return "\n".join(line.rstrip() for line in lines)


def plain(text: str, names: Names | None = None) -> str:
    """mrkdwn as words: mentions and links resolved, escapes undone, markers of bold and code taken away."""
    resolved = _TOKEN.sub(lambda found: _token(found, names or {}), text)
    resolved = re.sub(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])", r"\1", resolved)
    resolved = re.sub(r"(?<![\w_])_([^_\n]+)_(?![\w_])", r"\1", resolved)
    resolved = re.sub(r"(?<![\w~])~([^~\n]+)~(?![\w~])", r"\1", resolved)
    resolved = re.sub(r"`([^`\n]+)`", r"\1", resolved.replace("```", ""))
    resolved = re.sub(r":([a-z0-9_+-]+):", lambda found: _EMOJI.get(found[1], found[0]), resolved)
    return clean(resolved.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def _token(found: re.Match[str], names: Names) -> str:
    sign, target, label = found[1], found[2], found[3]
    if sign == "@":
        return f"@{names.get(target, label or target)}"
    if sign == "#":
        return f"#{label or names.get(target, target)}"
    if sign == "!":
        return _special(target, label)
    shown = target.removeprefix("mailto:")
    return shown if label in (None, shown) else f"{label} ({shown})"


def _special(target: str, label: str | None) -> str:
    """<!here>, <!subteam^S…|@team>, <!date^…^…|fallback>."""
    if target.startswith("date^"):
        if label:
            return label
        stamp = target.split("^")[1]
        seconds = int(stamp) if stamp.isdecimal() else 0
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    return label if label and label.startswith("@") else f"@{label or target.split('^')[0]}"


def _fallback(attachment: Mapping[str, Any]) -> str:
    return str(attachment.get("text") or attachment.get("fallback") or "")


def _prose(text: str, names: Names, columns: int) -> list[str]:
    return [_aligned(line, columns) for line in wrapped(plain(text, names), columns)]


def _aligned(line: str, columns: int) -> str:
    """A line that runs from right to left keeps to the right, where its reader begins."""
    return " " * (columns - width(line)) + line if right_to_left(line) else line


def _said(thing: Mapping[str, Any], names: Names) -> str:
    """A text object as words; plain text has no markup to resolve."""
    text = str(thing.get("text", ""))
    return plain(text, names) if thing.get("type") == "mrkdwn" else clean(html.unescape(text))


def _blocks(blocks: list[Any], names: Names, columns: int) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        draw = _DRAW.get(block.get("type", ""))
        lines += draw(block, names, columns) if draw is not None else [f"({block.get('type')})"]
    return lines


def _header(block: Mapping[str, Any], names: Names, columns: int) -> list[str]:
    title = [_aligned(line, columns) for line in wrapped(_said(block["text"], names), columns)]
    return [*title, "─" * min(columns, max(width(line) for line in title))]


def _section(block: Mapping[str, Any], names: Names, columns: int) -> list[str]:
    accessory = block.get("accessory")
    shown = _element(accessory, names) if accessory else ""
    # A short accessory stands to the right of the text, as in Slack; a long one below.
    beside = bool(shown) and "\n" not in shown and width(shown) <= columns // 3
    room = columns - width(shown) - 2 if beside else columns
    lines: list[str] = []
    if block.get("text"):
        lines += [_aligned(line, room) for line in wrapped(_said(block["text"], names), room)]
    lines += _fields(block.get("fields") or [], names, room)
    if beside:
        first = lines[0] if lines else ""
        return [padded(first, room + 2) + shown, *lines[1:]]
    return lines + (shown.split("\n") if shown else [])


def _fields(fields: list[Any], names: Names, columns: int) -> list[str]:
    """Two columns; a label and its value (two lines in Slack) go on one line where they fit."""
    half = (columns - 2) // 2
    cells = [_cell(_said(each, names), half) for each in fields]
    lines: list[str] = []
    for index in range(0, len(cells), 2):
        left, right = cells[index], cells[index + 1] if index + 1 < len(cells) else []
        for row in range(max(len(left), len(right))):
            one = left[row] if row < len(left) else ""
            other = right[row] if row < len(right) else ""
            lines.append(f"{padded(one, half)}  {other}")
    return lines


def _cell(text: str, columns: int) -> list[str]:
    label, newline, value = text.partition("\n")
    joined = f"{label.rstrip(':')}: {value}"
    if newline and "\n" not in value and width(joined) <= columns:
        return [joined]
    return wrapped(text, columns)


def _context(block: Mapping[str, Any], names: Names, columns: int) -> list[str]:
    parts = [
        f"({each.get('alt_text')})" if each["type"] == "image" else _said(each, names) for each in block["elements"]
    ]
    return [_aligned(line, columns) for line in wrapped(" · ".join(parts), columns)]


def _actions(block: Mapping[str, Any], names: Names, columns: int) -> list[str]:
    lines = [""]
    for element in block["elements"]:
        for shown in _element(element, names).split("\n"):
            if lines[-1] and width(f"{lines[-1]} {shown}") > columns:
                lines.append("")
            lines[-1] = f"{lines[-1]} {shown}" if lines[-1] else shown
    return lines


def _element(element: Mapping[str, Any], names: Names) -> str:
    """A button as [Claim], a menu as ‹Status ▾›, boxes and radios one to a line."""
    kind = element["type"]
    if kind in ("button", "workflow_button"):
        return f"[{_said(element['text'], names)}]"
    if kind == "image":
        return f"({element.get('alt_text')})"
    if kind == "overflow":
        return "[⋯]"
    if kind in ("checkboxes", "radio_buttons"):
        return "\n".join(_choices(element, names))
    return f"‹{_chosen(element, names) or _placeholder(element, names)} ▾›"


def _choices(element: Mapping[str, Any], names: Names) -> list[str]:
    on, off = ("☑", "☐") if element["type"] == "checkboxes" else ("◉", "○")
    initial = element.get("initial_options") or [element.get("initial_option") or {}]
    picked = {each.get("value") for each in initial}
    return [f"{on if each['value'] in picked else off} {_said(each['text'], names)}" for each in element["options"]]


def _placeholder(element: Mapping[str, Any], names: Names) -> str:
    return _said(element["placeholder"], names) if element.get("placeholder") else "Select"


def _chosen(element: Mapping[str, Any], names: Names) -> str:
    """What a menu shows as its present choice, if it has one."""
    for name, value in element.items():
        if name.startswith("initial_") and value:
            each = value if isinstance(value, list) else [value]
            return ", ".join(_said(v["text"], names) if isinstance(v, dict) else names.get(v, str(v)) for v in each)
    return ""


def _input(block: Mapping[str, Any], names: Names, columns: int) -> list[str]:
    element = block["element"]
    label = _said(block["label"], names) + (" (optional)" if block.get("optional") else "")
    lines = wrapped(label, columns)
    if element["type"] == "file_input":
        lines += ["  [Choose files…]"]
    elif element["type"].endswith("_input"):
        lines += _box(element, names, columns)
    else:
        lines += [f"  {line}" for line in _element(element, names).split("\n")]
    if block.get("hint"):
        lines += [f"  {line}" for line in wrapped(_said(block["hint"], names), columns - 2)]
    return lines


def _box(element: Mapping[str, Any], names: Names, columns: int) -> list[str]:
    room = columns - 6
    value = element.get("initial_value")
    hint = _said(element["placeholder"], names) if element.get("placeholder") else ""
    inside = wrapped(clean(value), room) if isinstance(value, str) and value else [cut(hint, room)]
    if element.get("multiline"):
        inside += [""] * max(0, 2 - len(inside))
    drawn = [f"  │ {padded(line, room)} │" for line in inside]
    return ["  ┌" + "─" * (room + 2) + "┐", *drawn, "  └" + "─" * (room + 2) + "┘"]


def _rich(block: Mapping[str, Any], names: Names, columns: int) -> list[str]:
    lines: list[str] = []
    for part in block["elements"]:
        items = part.get("elements", [])
        if part.get("type") == "rich_text_list":
            for index, item in enumerate(items, 1):
                sign = f"{index}." if part.get("style") == "ordered" else "•"
                lines += wrapped(f"{sign} {_run(item.get('elements', []), names)}", columns)
            continue
        sign = "▎ " if part.get("type") == "rich_text_quote" else ""
        words = wrapped(_run(items, names), columns - len(sign))
        lines += [_aligned(f"{sign}{line}", columns) for line in words]
    return lines


def _run(elements: list[Any], names: Names) -> str:
    return "".join(_word(each, names) for each in elements)


def _named(reference: Any, names: Names) -> str:
    return names.get(str(reference), str(reference))


def _word(element: Mapping[str, Any], names: Names) -> str:
    kind = element.get("type")
    if kind == "user":
        return f"@{_named(element.get('user_id'), names)}"
    if kind == "channel":
        return f"#{_named(element.get('channel_id'), names)}"
    if kind == "emoji":
        return _EMOJI.get(str(element.get("name")), f":{element.get('name')}:")
    if kind == "broadcast":
        return f"@{element.get('range')}"
    return clean(str(element.get("text") or element.get("url") or element.get("fallback") or ""))


def _view(view: Mapping[str, Any], names: Names, columns: int) -> str:
    """A modal in its frame, title above and buttons below; a home tab without one."""
    room = columns - 4
    if view.get("type") == "home":
        return "\n".join(line.rstrip() for line in _blocks(view["blocks"], names, columns))
    title = _said(view["title"], names) if view.get("title") else ""
    body = _blocks(view["blocks"], names, room)
    shown = [f"[{_said(view[name], names)}]" for name in ("close", "submit") if view.get(name)]
    buttons = " ".join(shown)
    top = f"╭─ {title} " + "─" * max(0, columns - 5 - width(title)) + "╮"
    foot = [" " * max(0, room - width(buttons)) + buttons] if buttons else []
    inside = [f"│ {padded(line, room)} │" for line in [*body, *foot]]
    return "\n".join([top, *inside, "╰" + "─" * (columns - 2) + "╯"])


def _divider(_: Mapping[str, Any], __: Names, columns: int) -> list[str]:
    return ["┄" * columns]


def _image(block: Mapping[str, Any], names: Names, columns: int) -> list[str]:
    title = _said(block["title"], names) if block.get("title") else block.get("alt_text", "")
    return wrapped(f"(picture: {title})", columns)


def _markdown(block: Mapping[str, Any], names: Names, columns: int) -> list[str]:
    return _prose(str(block["text"]).replace("**", "*"), names, columns)


_DRAW: Mapping[str, Callable[[Mapping[str, Any], Names, int], list[str]]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "rich_text": _rich,
    "divider": _divider,
    "image": _image,
    "markdown": _markdown,
}
