"""What one person is told on the morning of a day. Values only."""

from dataclasses import dataclass
from datetime import date

from ticketing.digests.numbers import Numbers
from ticketing.home.home import Home
from ticketing.people.person import Person, Role


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
        if self.reader.role is Role.AGENT:
            return "yours"
        return "your teams" if self.reader.role is Role.SUPERVISOR and self.reader.teams else "the whole desk"
