"""A modal that only says something: why nothing was done, and what to do instead."""

from bot.text import cut
from bot.views.parts import plain, section
from bot.wire import Json

WENT_WRONG = "Something went wrong, and nothing was changed. Please try again in a moment."


def notice(words: str, *, instead: list[Json] | None = None) -> Json:
    """`instead`: blocks that say it, with a button that helps."""
    return _saying("Nothing was changed", instead or [section(plain("⚠️ " + cut(words, 2900)))])


def done(words: str) -> Json:
    """What a click did, in a modal that has nothing more to ask."""
    return _saying("Done", [section(plain("✅ " + cut(words, 2900)))])


def _saying(title: str, blocks: list[Json]) -> Json:
    return {"type": "modal", "title": plain(title), "close": plain("Close"), "blocks": blocks}
