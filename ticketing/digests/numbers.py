"""What days came to, for whoever a digest is for. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ticketing.people.person import Person, Role, teams_of


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of one day. `breached`: promises of the desk that were broken on it. `rating`: the mean, of so many `ratings`."""

    day: date
    opened: int = 0
    resolved: int = 0
    breached: int = 0
    ratings: int = 0
    rating: float | None = None

    def __bool__(self) -> bool:
        return bool(self.opened or self.resolved or self.breached or self.ratings)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose tickets count: a person's own, those of teams, or with neither the whole desk's."""

    person: UUID | None = None
    teams: Sequence[UUID] = ()


def scope_of(reader: Person) -> Scope:
    """Agents see their own numbers, supervisors those of their teams, admins and who has no team the desk's."""
    if reader.role is Role.AGENT:
        return Scope(person=reader.id)
    return Scope(teams=sorted(teams_of(reader) or ()))
