"""Which function of `bot/views` drew what: for the promise that each has an example."""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterable
from types import CodeType, FrameType, FunctionType
from typing import Any, TypeVar

import bot.views
from bot.wire import Json

T = TypeVar("T")
_DRAWS = str(Json)  # stands in what a function says that it returns, if it draws


def drawers() -> dict[CodeType, str]:
    """Every public function there that draws a view, a message or a part of one, by its code: "module.name"."""
    found = {}
    for module_info in pkgutil.iter_modules(bot.views.__path__, f"{bot.views.__name__}."):
        module = importlib.import_module(module_info.name)
        for name, each in vars(module).items():
            ours = isinstance(each, FunctionType) and each.__module__ == module.__name__
            if ours and not name.startswith("_") and _draws(each):
                found[each.__code__] = f"{module.__name__.rpartition('.')[2]}.{name}"
    return found


def _draws(function: FunctionType) -> bool:
    return _DRAWS in str(inspect.signature(function).return_annotation)


def drawn(examples: Callable[[], Iterable[T]]) -> tuple[list[T], set[CodeType]]:
    """All examples, and the code that ran for them."""
    ran: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            ran.add(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        return list(examples()), ran
    finally:
        sys.setprofile(before)
