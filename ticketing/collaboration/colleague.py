"""Somebody of the desk as whoever chooses one sees them."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person of the desk, with what tells whether they are the right one."""

    id: UUID
    name: str
    email: str
    is_me: bool
    is_of_team: bool  # the team that was asked about
    open_tickets: int  # that they have
