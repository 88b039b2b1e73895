"""Links between tickets, as values (SPEC 2.6)."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.errors import Refused


class LinkRefused(Refused):
    """These two tickets cannot be linked so."""


class LinkKind(StrEnum):
    """How one ticket stands to another, read from the first to the second."""

    RELATES = "relates_to"  # both ways
    DUPLICATES = "duplicates"
    BLOCKS = "blocks"
    PARENT = "parent_of"

    @property
    def is_directed(self) -> bool:
        return self is not LinkKind.RELATES

    @property
    def may_not_circle(self) -> bool:
        return self in {LinkKind.BLOCKS, LinkKind.PARENT}


# What the second ticket is to the first.
_BACK = {
    LinkKind.RELATES: "relates to",
    LinkKind.DUPLICATES: "is duplicated by",
    LinkKind.BLOCKS: "is blocked by",
    LinkKind.PARENT: "is a child of",
}
_FORTH = {
    LinkKind.RELATES: "relates to",
    LinkKind.DUPLICATES: "duplicates",
    LinkKind.BLOCKS: "blocks",
    LinkKind.PARENT: "is the parent of",
}


@dataclass(frozen=True, slots=True)
class Link:
    """`origin` <kind> `target`. One that goes both ways has the smaller id first, so that it is one link."""

    kind: LinkKind
    origin: UUID
    target: UUID

    @classmethod
    def of(cls, kind: LinkKind, origin: UUID, target: UUID) -> "Link":
        """Raises LinkRefused: a ticket is not linked with itself."""
        if origin == target:
            raise LinkRefused("A ticket cannot be linked with itself.")
        if not kind.is_directed and target < origin:
            origin, target = target, origin
        return cls(kind, origin, target)

    def words_from(self, ticket_id: UUID) -> str:
        """How this ticket of the two stands to the other one."""
        return _FORTH[self.kind] if ticket_id == self.origin else _BACK[self.kind]


@dataclass(frozen=True, slots=True)
class Linked:
    """The ticket at the other end of a link, as seen from one end: "blocks #12 A broken mug"."""

    link: Link
    words: str
    id: UUID
    number: int
    subject: str
