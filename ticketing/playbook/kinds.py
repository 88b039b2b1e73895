"""What values conditions know: texts, numbers, instants, lists and the like."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Sort(StrEnum):
    """What a value is, in the words of a message."""

    TEXT = "text"
    NUMBER = "a number"  # CEL's double
    WHOLE = "a whole number"  # CEL's int: how many
    YES_NO = "yes or no"
    INSTANT = "an instant"
    DURATION = "a duration"
    LIST = "a list"
    MAP = "a map"
    NOTHING = "nothing"
    ANY = "anything"  # known when it is asked; or something was wrong with it already


@dataclass(frozen=True, slots=True)
class Kind:
    sort: Sort
    options: tuple[str, ...] | None = None  # of a text that is one of these
    of: "Kind | None" = None  # of a list
    what: str = ""  # what one of the options is called: "a type"

    def __str__(self) -> str:
        return self.what or self.sort.value


Names = Mapping[str, "Kind | Names"]  # what a condition may ask about: `facts.names`

TEXT, NUMBER, WHOLE, YES_NO = Kind(Sort.TEXT), Kind(Sort.NUMBER), Kind(Sort.WHOLE), Kind(Sort.YES_NO)
INSTANT, DURATION, MAP = Kind(Sort.INSTANT), Kind(Sort.DURATION), Kind(Sort.MAP)
NOTHING, ANY = Kind(Sort.NOTHING), Kind(Sort.ANY)


def one_of(options: tuple[str, ...], what: str) -> Kind:
    """A text that is one of these. `what`: "a status"."""
    return Kind(Sort.TEXT, options, what=what)


def list_of(kind: Kind) -> Kind:
    return Kind(Sort.LIST, of=kind)
