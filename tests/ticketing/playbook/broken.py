"""Playbooks that are refused: one which is right, with the changes of a file of cases.

There, `#` names a case; `@17` says that at line 17 of the small one the lines with `-` become those with `+`; lines
with `!` are all that the compiler says about it, word for word.
"""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
BASE = (FOLDER / "small.yaml").read_text()


@dataclass(frozen=True, slots=True)
class Broken:
    name: str
    text: str
    says: tuple[str, ...]


def cases(base: str, file: Path) -> tuple[Broken, ...]:
    parts = re.split(r"^# ", file.read_text(), flags=re.MULTILINE)[1:]
    return tuple(_case(base, part) for part in parts)


def _case(base: str, part: str) -> Broken:
    name, _, rest = part.partition("\n")
    lines = base.splitlines()
    for hunk in reversed(re.split(r"^@", rest, flags=re.MULTILINE)[1:]):
        number, *changes = hunk.splitlines()
        at = int(number) - 1
        gone = [line[1:] for line in changes if line.startswith("-")]
        assert lines[at : at + len(gone)] == gone, name
        lines[at : at + len(gone)] = [line[1:] for line in changes if line.startswith("+")]
    says = tuple(line[2:] for line in rest.splitlines() if line.startswith("! "))
    return Broken(name, "\n".join(lines) + "\n", says)


BROKEN = cases(BASE, FOLDER / "broken.txt")
