"""The Bot API's methods: each takes Telegram's side and the parameters, and returns the `result`.

A refusal is raised. HTTP, tokens and faults are the door's business (`api.py`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from emulators.telegram.cloud import Cloud
from emulators.telegram.methods import bot, media, messages, receiving
from emulators.telegram.parameters import Parameters

# The result, or an awaitable of it.
Method = Callable[[Cloud, Parameters], Any]

METHODS: Mapping[str, Method] = {**bot.METHODS, **media.METHODS, **messages.METHODS, **receiving.METHODS}
# Telegram does not mind how a method's name is written.
_BY_LOWER_CASE = {name.lower(): name for name in METHODS}


def named(name: str) -> str | None:
    """The method's own name; None for one that is not known here."""
    return _BY_LOWER_CASE.get(name.lower())


__all__ = ["METHODS", "Method", "named"]
