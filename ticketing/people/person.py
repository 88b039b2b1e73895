"""People and teams of the desk."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.errors import NotFound


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works at the desk. `teams` are the ids of the teams they belong to."""

    id: UUID
    name: str
    email: str  # lower case; how a Slack account is recognised
    role: Role
    teams: frozenset[UUID] = frozenset()
    team_names: frozenset[str] = frozenset()  # of the same teams, as a playbook names them: lower case
    has_left: bool = False  # what they did stays theirs; they do nothing any more, and get nothing new


def teams_of(person: Person) -> frozenset[UUID] | None:
    """Whose tickets they look after; None: everybody's. So do those who belong to no team."""
    return None if person.role is Role.ADMIN or not person.teams else person.teams


def still_here(person: Person) -> Person:
    """Raises NotFound for who has left the desk."""
    if person.has_left:
        raise NotFound(f"{person.name} has left the desk.")
    return person


@dataclass(frozen=True, slots=True)
class Team:
    """A group with a Slack channel of its own. The default team gets what nobody routed."""

    id: UUID
    name: str
    slack_channel: str | None
    is_default: bool = False
    intake_channel: str | None = None  # where conversations without a ticket stand; None: in `slack_channel`
