"""The view below a pushed form: where a ticket's screen stands, and as which hash its reader sees it. Pure.

Once the form is saved, the screen below is drawn anew, unless it has changed since: then somebody else did it.
"""

from dataclasses import dataclass
from typing import Any, Self

_NAME = "under"  # in a form's private_metadata


@dataclass(frozen=True, slots=True)
class Beneath:
    view: str
    hash: str

    @classmethod
    def of(cls, body: dict[str, Any]) -> Self:
        """The view in which a button was pressed."""
        return cls(str(body["view"]["id"]), str(body["view"]["hash"]))

    @classmethod
    def read(cls, carried: str) -> Self | None:
        """What a form carries; None: there is nothing below it."""
        view, _, seen = carried.partition(" ")
        return cls(view, seen) if view and seen else None

    def __str__(self) -> str:
        return f"{self.view} {self.hash}"


def carried(beneath: Beneath | None) -> dict[str, str]:
    """For a form's private_metadata."""
    return {_NAME: str(beneath)} if beneath else {}
