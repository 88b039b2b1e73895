"""Where the words of a reply came from, for its record. Whoever sends it has read them and answers for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from core.errors import NotFound
from ticketing.activity.record import Value
from ticketing.people.actor import ActorKind
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Origin:
    """`comment_id`: their own comment to the team. `drafted`: the AI suggested it, whatever they made of it."""

    comment_id: UUID | None = None
    drafted: bool = False

    @classmethod
    def of(cls, recorded: Mapping[str, Value]) -> Self:
        """What a reply's record says of it."""
        comment = recorded.get("comment")
        return cls(UUID(str(comment)) if comment else None, recorded.get("drafted_by") == ActorKind.AI.value)

    @property
    def recorded(self) -> dict[str, Value]:
        """What a reply's record says of it: ids and fixed names."""
        comment: dict[str, Value] = {"comment": str(self.comment_id)} if self.comment_id else {}
        return comment | ({"drafted_by": ActorKind.AI.value} if self.drafted else {})


TYPED = Origin()


async def require_own(origin: Origin, *, by: Person, uow: UnitOfWork) -> None:
    """Raises NotFound: the comment is not theirs."""
    if origin.comment_id is None:
        return
    comment = await uow.room.comment(origin.comment_id)
    if comment is None or comment.author_id != by.id:
        raise NotFound("There is no such comment of yours.")
