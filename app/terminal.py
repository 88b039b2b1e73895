"""Words of others on their way to a terminal, which would obey the control characters in them."""

import unicodedata


def inert(text: str) -> str:
    """On one line, without what moves the cursor, colours, renames the window or turns the writing direction around."""
    return "".join(" " if each.isspace() else each for each in text if each.isspace() or _is_plain(each))


def inert_lines(text: str) -> str:
    """The same of several lines, which stay lines."""
    return "\n".join(map(inert, text.splitlines()))


def _is_plain(character: str) -> bool:
    return unicodedata.category(character)[0] != "C"
