"""Why a day ended early, in words that suffice where nobody can look at its pictures: the last lines of a log."""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Error

from day.screens import Screen

_DAY = Path(__file__).parent
_AROUND = ("__main__.py", "day.py", "watch.py")  # what plays the chapters
_DEPTH = 4  # lines of the story
_LINES, _WIDTH = 14, 160  # of what the browser's driver says: all that a person reads of it


@dataclass(frozen=True, slots=True)
class Failure:
    """`said`: lines, the first one naming the error. `where`: lines of the story, the outermost first; may be none."""

    said: tuple[str, ...]
    where: tuple[str, ...] = ()


def failure(error: Exception) -> Failure:
    """What the driver waited for, and what it found instead, stand in the first lines of its error."""
    lines = [line.rstrip() for line in str(error).splitlines() if line.strip()]
    said = [f"{type(error).__name__}: {lines[0] if lines else ''}", *lines[1:_LINES]]
    if len(lines) > _LINES:
        said.append(f"… and {len(lines) - _LINES} lines more: python -m day --debug shows them")
    return Failure(tuple(line[:_WIDTH] for line in said), _where(error))


def _where(error: Exception) -> tuple[str, ...]:
    """From the chapter's own line down to that of the screen."""
    frames = [(Path(each.filename), each) for each in traceback.extract_tb(error.__traceback__)]
    ours = [(file.name, each) for file, each in frames if file.parent == _DAY and file.name not in _AROUND]
    return tuple(f"day/{name}:{each.lineno}, in {each.name}: {each.line}" for name, each in ours[-_DEPTH:])


async def pictures(screens: Mapping[str, Screen], folder: Path, number: int) -> list[Path]:
    """What each screen shows now, one file each. A screen that is gone has none, nor one that cannot be written: the
    failure is told all the same.
    """
    taken = []
    for name, screen in screens.items():
        file = folder / f"{number:02}-failed-{name}.png"
        try:
            await screen.picture(file)
        except (Error, OSError):
            continue
        taken.append(file)
    return taken
