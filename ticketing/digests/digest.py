"""What one person is told on the morning of a day. Values only."""

from dataclasses import dataclass
from datetime import date

from ticketing.digests.numbers import Numbers, scope_of
from ticketing.home.home import Home
from ticketing.people.person import Person


@dataclass(frozen=True, slots=True)
class Digest:
    """`home`: what waits for them now. `days`: what the last working days came to, in order; the last one is told."""

    reader: Person
    day: date
    home: Home
    days: tuple[Numbers, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing waits, and nothing happened."""
        return self.home.is_empty and not any(self.days[-1:])

    @property
    def whose(self) -> str:
        """Whose numbers those are."""
        scope = scope_of(self.reader)
        if scope.person is not None:
            return "yours"
        return "your teams" if scope.teams else "the whole desk"
