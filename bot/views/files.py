"""Files in posts and cards: pictures in place, and for each file a line that leads to it or says what became of it.

A customer's file name is words: it never links, mentions or formats.
"""

import json
import re
from collections.abc import Sequence

from bot.text import escape, inline, size, title
from bot.views import words
from bot.views.parts import SECTION, mrkdwn, section
from bot.wire import Json
from ticketing.attachments.attachment import FileState, ShownFile
from ticketing.attachments.names import size_words

_INSIDE = re.compile(r"(?<=[^\W_])_(?=[^\W_])")
_NAME = 80  # characters of one in a line
_ALT = 200
_LINK = 2000  # characters of one; one whose name is in Chinese letters has about 1,300
_IN_A_CARD = 5


def file_blocks(files: Sequence[ShownFile], *, most: int) -> list[Json]:
    """The pictures, then a line for each file; at most `most` characters of JSON, lines without links if need be."""
    pictures = [picture(each) for each in files if each.slack_file is not None]
    left = most - sum(weight(each) for each in pictures)
    return [*pictures, *_sections(files, left)] if files else []


def picture(file: ShownFile) -> Json:
    return {"type": "image", "slack_file": {"id": file.slack_file}, "alt_text": title(file.name, _ALT)}


def newest_picture(files: Sequence[ShownFile]) -> Json | None:
    """To stand beside the customer's words, small."""
    return next((picture(each) for each in reversed(files) if each.slack_file is not None), None)


def few_lines(files: Sequence[ShownFile]) -> list[Json]:
    """The newest few, where there is no thread to list them all."""
    shown = [line(each) for each in files[-_IN_A_CARD:]]
    if more := len(files) - len(shown):
        shown.insert(0, f"📎 {words.count(more, 'earlier file')}")
    return [section(mrkdwn("\n".join(part))) for part in _fitting(shown)]


def line(file: ShownFile, *, linked: bool = True) -> str:
    """One line of mrkdwn."""
    name = label(file.name)
    if file.state is FileState.STORED:
        known = [size_words(file.size)] if file.size is not None else []
        link = escape(file.url or "").replace("|", "%7C")
        shown = f"<{link}|{name}>" if linked and 0 < size(link) <= _LINK else f"*{name}*"
        return " · ".join([f"📎 {shown}", *known])
    why = inline(file.why or "", 300)
    if file.state is FileState.AWAITED:
        return f"⏳ *{name}* is being fetched{f': {why}' if why else ''}"
    became = "was not taken" if file.state is FileState.REFUSED else "cannot be fetched"
    return f"🚫 *{name}* {became}{f': {why}' if why else ''}"


def summary(files: Sequence[ShownFile]) -> str:
    """For notifications, in place of words that there are not."""
    return f"📎 {title(files[0].name, _NAME)}" if len(files) == 1 else f"📎 {words.count(len(files), 'file')}"


def weight(block: Json) -> int:
    """Characters it takes of those that Slack allows a message's blocks."""
    return size(json.dumps(block, ensure_ascii=False, separators=(",", ":")))


def _sections(files: Sequence[ShownFile], most: int) -> list[Json]:
    with_links = [section(mrkdwn("\n".join(part))) for part in _fitting([line(each) for each in files])]
    if sum(weight(each) for each in with_links) <= most:
        return with_links
    # Names so long that ten links do not fit: the ticket's list of files has them all.
    without = [line(each, linked=False) for each in files]
    return [section(mrkdwn("\n".join(part))) for part in _fitting(without)]


def _fitting(lines: Sequence[str]) -> list[list[str]]:
    """Lines in groups that a section holds."""
    groups: list[list[str]] = [[]]
    for each in lines:
        if groups[-1] and size("\n".join([*groups[-1], each])) > SECTION:
            groups.append([])
        groups[-1].append(each)
    return groups if groups[0] else []


def label(name: str) -> str:
    """A file's name, to stand within a line of mrkdwn or a link."""
    # A bar would end the address of a link. An underscore between letters formats nothing, and names are full of them.
    shown = "_".join(inline(part, _NAME) for part in _INSIDE.split(name[:_NAME].replace(":", "ː")))
    return (shown or "file").replace("|", "∣")
