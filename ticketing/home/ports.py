"""What one person's page needs from storage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from ticketing.home.home import Home
from ticketing.people.person import Person


@dataclass(frozen=True, slots=True)
class Screen:
    """What a person has on their home tab. `version` is Slack's, of what we showed last; None: not known.

    `digest` says what that shows, None: not known; `drawn_at`: as of when it was read.
    """

    slack_user: str
    version: str | None = None
    digest: str | None = None
    drawn_at: datetime | None = None


class Homes(Protocol):
    """Pages as people look at them, and who has one open. Every method is one short transaction of its own."""

    async def read(self, person: Person, *, now: datetime) -> Home: ...

    async def cards_behind(self) -> timedelta:
        """The age of the oldest change that waits to be shown in Slack; none waits: zero."""
        ...

    async def opened(self, person_id: UUID, slack_user: str, *, version: str | None, now: datetime) -> None:
        """They look at it: for a while it is kept fresh. `version`: what Slack says they see."""
        ...

    async def screen(self, person_id: UUID) -> Screen | None:
        """None: they have never opened it."""
        ...

    async def drawing(self, person_id: UUID) -> None:
        """Something is about to be put there: until that is noted, nobody knows what they see."""
        ...

    async def drawn(self, person_id: UUID, *, version: str, digest: str, at: datetime) -> None:
        """Note what they see now, which was read at that instant; unless something newer was drawn meanwhile."""
        ...

    async def pressed(self, slack_user: str, *, now: datetime) -> None:
        """They did something: if they have it open, it is looked at again soon."""
        ...


class OpenHomes(Protocol):
    """In the unit of work: which pages are to be looked at again."""

    async def due(self, now: datetime, *, most: int) -> Sequence[UUID]:
        """Whose, the longest due first; each is due again after a while, for as long as it counts as open."""
        ...
