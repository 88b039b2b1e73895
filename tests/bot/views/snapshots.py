"""Every example of a view or message as it goes to Slack, in files that a person can review: a line for each block.

`make snapshots` writes them anew; what a change of a view changes stands in the diff then.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.bot.views.examples import all_messages, all_views

FOLDER = Path(__file__).parent / "snapshots"
_LONGEST, _SHOWN = 120, 60  # characters of a text that are shown: all, or so many of a longer one
_MOST, _FIRST = 6, 3  # options of a menu, lines of a list: all, or so many of more
_BY_CHANCE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\bF[0-9A-F]{10}\b")
_PLAIN: Mapping[str, Any] = {"type": "plain_text", "emoji": False}  # as nearly all texts are
_MRKDWN: Mapping[str, Any] = {"type": "mrkdwn", "verbatim": True}
_LISTS = ("options", "option_groups", "fields", "elements")


def snapshots() -> Mapping[str, str]:
    """The files by name: one for each function that draws, with all its examples."""
    files: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))  # drawer -> text -> names
    for each in [*all_messages()[0], *all_views()[0]]:
        files[each.drawer]["\n".join(_lines(each.thing))].append(each.name)
    return {f"{drawer}.txt": "\n".join(_told(*each) for each in texts.items()) for drawer, texts in files.items()}


def _told(text: str, names: list[str]) -> str:
    """Examples that look the same stand there once."""
    return f"== {', '.join(names)}\n{text}\n"


def _lines(thing: Any) -> Iterator[str]:
    known: dict[str, str] = {}
    blocks: Iterable[Any] = thing
    if isinstance(thing, dict):
        head = {name: value for name, value in thing.items() if name != "blocks"}
        yield _line(head, known)
        blocks = thing["blocks"]
    for at, block in enumerate(blocks):
        if at == 2 * _MOST:
            yield f"… {len(thing['blocks'] if isinstance(thing, dict) else thing) - at} more blocks"
            return
        yield _line(block, known)


def _line(block: Any, known: dict[str, str]) -> str:
    """What is there by chance is named in its order."""
    line = json.dumps(_short(block), ensure_ascii=False, separators=(",", ":"))
    return _BY_CHANCE.sub(lambda found: known.setdefault(found[0], f"id{len(known) + 1}"), line)


def _short(thing: Any) -> Any:
    if isinstance(thing, str):
        return thing if len(thing) <= _LONGEST else f"{thing[:_SHOWN]}… ({len(thing)} characters)"
    if isinstance(thing, list):
        return [_short(each) for each in thing]
    if not isinstance(thing, dict):
        return thing
    if thing in ({**_PLAIN, "text": thing.get("text")}, {**_MRKDWN, "text": thing.get("text")}):
        return {thing["type"]: _short(thing["text"])}
    return {name: _few(_short(value)) if name in _LISTS else _short(value) for name, value in thing.items()}


def _few(items: Any) -> Any:
    if not isinstance(items, list) or len(items) <= _MOST:
        return items
    return [*items[:_FIRST], f"… {len(items) - _FIRST} more"]


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    written = snapshots()
    for gone in {each.name for each in FOLDER.glob("*.txt")} - set(written):
        (FOLDER / gone).unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, "utf-8")
    sys.stdout.write(f"{len(written)} files in {FOLDER}\n")


if __name__ == "__main__":
    main()
