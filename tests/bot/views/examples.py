"""All examples: of `tests/bot/render_examples.py`, and of every module here whose name ends with `_examples`.

Each is drawn once in a process, whoever looks at it.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from itertools import chain
from types import CodeType, ModuleType
from typing import Any

import tests.bot.views
from tests.bot import render_examples
from tests.bot.views.drawing import Example, drawn

ENDING = "_examples"


@cache
def _modules() -> tuple[ModuleType, ...]:
    here = pkgutil.iter_modules(tests.bot.views.__path__, f"{tests.bot.views.__name__}.")
    return (render_examples, *(importlib.import_module(each.name) for each in here if _has_examples(each.name)))


Drawn = tuple[list[Example[Any]], set[CodeType]]


@cache
def all_messages() -> Drawn:
    """The blocks of everything that is posted or told."""
    return drawn(lambda: _all("messages"))


@cache
def all_views() -> Drawn:
    """Every modal and home tab."""
    return drawn(lambda: chain(_all("modals"), _all("views")))


@cache
def all_offers() -> Drawn:
    """What menus with a search offer."""
    return drawn(lambda: _all("offers"))


def _all(kind: str) -> Iterator[tuple[str, Any]]:
    for module in _modules():
        yield from getattr(module, kind, tuple)()


def _has_examples(module: str) -> bool:
    name = module.rpartition(".")[2]
    return name.endswith(ENDING) and not name.startswith("test_")
