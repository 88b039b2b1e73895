"""Lines of a balance, and everything that is wrong in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    what: str
    found: str
    should: str
    wrong: Sequence[str] = ()

    @property
    def right(self) -> bool:
        return not self.wrong


@dataclass(slots=True)
class Books:
    lines: list[Line] = field(default_factory=list)

    def compare(self, what: str, found: object, should: object, details: Sequence[str] = ()) -> None:
        """A line that is wrong where the two differ, or where there are details of what is wrong."""
        differs = [] if found == should else [f"{what}: {found}, not {should}"]
        self.lines.append(Line(what, str(found), str(should), [*differs, *details]))

    def none(self, what: str, details: Sequence[str]) -> None:
        """A line for what there must be none of."""
        self.lines.append(Line(what, str(len(details)), "0", details))

    def note(self, what: str, found: object) -> None:
        """A line that cannot be wrong."""
        self.lines.append(Line(what, str(found), ""))

    @property
    def wrong(self) -> list[str]:
        return [each for line in self.lines for each in line.wrong]

    def __str__(self) -> str:
        width = max((len(line.what) for line in self.lines), default=0)
        table = [f"{line.what:<{width}}  {line.found} of {line.should}" for line in self.lines]
        more = [f"… and {len(self.wrong) - 40} more"] if len(self.wrong) > 40 else []
        return "\n".join([*table, "", *self.wrong[:40], *more])
