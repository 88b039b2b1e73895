"""Which function of `bot/views` drew what: for the promise that each has an example."""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import CodeType, FrameType, FunctionType
from typing import Any, Generic, TypeVar

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


@dataclass(frozen=True, slots=True)
class Example(Generic[T]):
    """What an example shows, and the function that drew it, as `drawers` calls it."""

    drawer: str
    name: str
    thing: T


def drawn(examples: Callable[[], Iterable[tuple[str, T]]]) -> tuple[list[Example[T]], set[CodeType]]:
    """All examples, and the code that ran for them. Of the functions that returned just that, by itself or as a part,
    the last one drew it; what comes without one was drawn with the example before it.
    """
    known = {id(code): (code, name) for code, name in drawers().items()}  # code itself is hashed anew at each look
    ran: set[CodeType] = set()
    returned: list[tuple[str, Any]] = []

    def note(frame: FrameType, event: str, what: Any) -> None:
        if event in ("call", "return") and (drawer := known.get(id(frame.f_code))) is not None:
            ran.add(drawer[0])
            returned.append((drawer[1], what))

    found, by = [], ""
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        for name, thing in examples():
            by = next((drawer for drawer, what in reversed(returned) if _holds(what, thing)), by)
            found.append(Example(by, name, thing))
            returned.clear()
    finally:
        sys.setprofile(before)
    return found, ran


def _holds(what: Any, thing: object) -> bool:
    if what is thing:
        return True
    return isinstance(what, (tuple, list)) and any(
        each is thing or (isinstance(each, tuple) and any(part is thing for part in each)) for each in what
    )
