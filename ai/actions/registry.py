"""Collects a desk's actions: from the modules of THREADLINE_ACTIONS and the entry points of installed packages.

Whatever is wrong with one is said at the start, with the module, its line and what to do.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from traceback import extract_tb
from types import ModuleType
from typing import Any

from core.errors import Refused
from threadline import Action, ActionSpec, DeclarationError
from ticketing.playbook.action_conditions import approval_faults

ENTRY_POINTS = "threadline.actions"
_MOST = 200  # a model's tools, and a menu's lines, are not without end


class ActionsUnusable(Refused):
    """The actions cannot be loaded as they are written."""


class Catalogue(Mapping[str, Action]):
    """All actions by name, in the order of their names."""

    def __init__(self, actions: Iterable[Action] = ()) -> None:
        """Raises ActionsUnusable: two have one name."""
        found: dict[str, Action] = {}
        for each in actions:
            other = found.setdefault(each.spec.name, each)
            if other is not each:
                raise ActionsUnusable(
                    f"Two actions are called {each.spec.name}: one of {_home(other)}, one of {_home(each)}. "
                    "Name one otherwise, or take one out of THREADLINE_ACTIONS."
                )
        if len(found) > _MOST:
            raise ActionsUnusable(f"There are {len(found)} actions, and {_MOST} at most. Load fewer modules.")
        self._actions = {name: found[name] for name in sorted(found)}

    def __getitem__(self, name: str) -> Action:
        return self._actions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    def __len__(self) -> int:
        return len(self._actions)

    @property
    def specs(self) -> Mapping[str, ActionSpec]:
        """What they say of themselves."""
        return {name: each.spec for name, each in self._actions.items()}

    def with_more(self, actions: Iterable[Action]) -> "Catalogue":
        """These and others. Raises ActionsUnusable."""
        return Catalogue((*self.values(), *actions))


def load_actions(modules: Sequence[str], *, installed: bool = True) -> Catalogue:
    """The actions of these modules, as dotted paths, and (`installed`) of the packages that offer some.

    Raises ActionsUnusable.
    """
    found = [action for path in modules for action in _of_module(path)]
    if installed:
        for point in entry_points(group=ENTRY_POINTS):
            found += _of_entry_point(point)
    return Catalogue(found)


def _of_module(path: str) -> list[Action]:
    with_line = _Loading(f"The module {path} of THREADLINE_ACTIONS")
    module = with_line.load(lambda: import_module(path))
    return _checked(_in(module), f"The module {path} of THREADLINE_ACTIONS")


def _of_entry_point(point: EntryPoint) -> list[Action]:
    """It names a module, or one action in it."""
    package = point.dist.name if point.dist else "an installed package"
    what = f"The entry point {point.name} of {package}"
    loaded = _Loading(what).load(point.load)
    return _checked([loaded] if isinstance(loaded, Action) else _in(loaded), what)


def _in(module: object) -> list[Action]:
    """What a module has under a name of its own or of another's; each once."""
    values = vars(module).values() if isinstance(module, ModuleType) else ()
    return list({id(each): each for each in values if isinstance(each, Action)}.values())


def _checked(actions: list[Action], what: str) -> list[Action]:
    if not actions:
        raise ActionsUnusable(f"{what} has no actions. Write @action above a function, or take it out.")
    for each in actions:
        for fault in approval_faults(each.spec):
            raise ActionsUnusable(f"{what}: the approval of {each.spec.name} is wrong. {fault.message}. {fault.hint}")
    return actions


class _Loading:
    """Runs somebody's module. What it raises is told with the line of theirs where it happened."""

    def __init__(self, what: str) -> None:
        self._what = what

    def load(self, load: Any) -> Any:
        try:
            return load()
        except DeclarationError as error:
            raise ActionsUnusable(f"{self._what}: {error}") from error
        except SyntaxError as error:
            where = f"{error.filename}, line {error.lineno}"
            raise ActionsUnusable(f"{self._what} is not Python ({where}): {error.msg}.") from error
        except ModuleNotFoundError as error:
            raise ActionsUnusable(self._missing(error)) from error
        except Exception as error:
            frame = extract_tb(error.__traceback__)[-1]
            said = f"{type(error).__name__}: {error}"[:300]
            raise ActionsUnusable(f"{self._what} breaks ({frame.filename}, line {frame.lineno}): {said}") from error

    def _missing(self, error: ModuleNotFoundError) -> str:
        theirs = [frame for frame in extract_tb(error.__traceback__) if "importlib" not in frame.filename]
        if theirs and theirs[-1].filename != __file__:
            where = f"{theirs[-1].filename}, line {theirs[-1].lineno}"
            return f"{self._what} imports {error.name}, which is not there ({where}). Install it, or correct the name."
        return (
            f"{self._what} is not there: no module {error.name}. Write its dotted path, as in examples.actions.shop, "
            "and start Threadline in the folder that has it."
        )


def _home(action: Action) -> str:
    return str(getattr(action.function, "__module__", "an unknown module"))
