"""What people and teams need from storage."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ticketing.people.person import Person, Team
from ticketing.people.preferences import ByMail, Preferences


class People(Protocol):
    async def get(self, person_id: UUID) -> Person: ...

    async def by_email(self, email: str) -> Person | None:
        """Of those who are here."""
        ...

    async def lock_by_email(self, email: str) -> Person | None:
        """Also of those who have left. Nobody else changes them until the end of the transaction."""
        ...

    async def add(self, person: Person) -> bool:
        """False if the e-mail is taken."""
        ...

    async def all(self) -> Sequence[Person]:
        """Those who are here."""
        ...

    async def of_team(self, team_id: UUID | None, *, most: int) -> Sequence[Person]:
        """Those who are here and belong to it; None: to the default team. Supervisors first."""
        ...

    async def leave(self, person_id: UUID, *, at: datetime) -> None:
        """They have left, and belong to no team."""
        ...

    async def come_back(self, person: Person) -> None:
        """With this name and role."""
        ...

    async def new_work_for(self, assignee_id: UUID | None) -> tuple[UUID | None, UUID | None]:
        """The default team, and this assignee. None: there is none, or they have left."""
        ...

    async def teams(self) -> Sequence[Team]: ...

    async def add_team(self, team: Team) -> bool:
        """False if the name is taken. A default team takes that role from the one before."""
        ...

    async def save_team(self, team: Team) -> None: ...

    async def join(self, person_id: UUID, team_id: UUID) -> None: ...


class AllPreferences(Protocol):
    async def get(self, person_id: UUID, /) -> Preferences:
        """Those that everybody has, if nobody kept any for them. Unlocked."""
        ...

    async def lock(self, person_id: UUID, /) -> Preferences:
        """The same; nobody else changes them until the end of the transaction, if they are kept."""
        ...

    async def save(self, person_id: UUID, preferences: Preferences, /, *, next_digest: datetime | None) -> None:
        """`next_digest`: when it comes; None: they want none."""
        ...

    async def by_mail(self) -> Mapping[UUID, ByMail]:
        """Of everybody who is here and for whom any are kept."""
        ...

    async def due_digests(self, now: datetime, /, *, most: int, skip: int = 0) -> Sequence[UUID]:
        """Whose digest has come due, the longest due first. Not locked."""
        ...

    async def lock_digest(self, person_id: UUID, /) -> tuple[Preferences, datetime | None]:
        """With when their next digest comes; None: they want none."""
        ...
