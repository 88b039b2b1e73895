"""What a value is, as conditions and fields see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Sort(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    INSTANT = "instant"
    LIST = "list"
    GROUP = "group"  # its members have names that are known
    MAP = "map"  # its members have any names
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value is."""

    sort: Sort
    options: tuple[str, ...] | None = None  # of a text that is one of these
    members: Mapping[str, "Shape"] = field(default_factory=dict, hash=False)  # of a group
    item: "Shape | None" = None  # of a list or a map
    optional: bool = False  # it may be null

    def at(self, path: str) -> "Shape | None":
        """What stands at a dotted path in a group: `refund.amount`. None: nothing does."""
        found: Shape | None = self
        for name in path.split("."):
            if found is None:
                return None
            found = found.members.get(name) if found.sort is Sort.GROUP else None
        return found
