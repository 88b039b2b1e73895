"""A modal that only says something: why nothing was done, and what to do instead."""

from bot.text import cut
from bot.views.parts import plain, section
from bot.wire import Json

WENT_WRONG = "Something went wrong, and nothing was changed. Please try again in a moment."


def notice(words: str) -> Json:
    return {
        "type": "modal",
        "title": plain("Nothing was changed"),
        "close": plain("Close"),
        "blocks": [section(plain("⚠️ " + cut(words, 2900)))],
    }
