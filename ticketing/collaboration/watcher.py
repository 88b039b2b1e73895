"""Who watches a ticket, and whom a comment names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ticketing.people.person import Person, Team


class Because(StrEnum):
    """Why somebody watches."""

    OWN = "own"  # they wanted to
    ADDED = "added"  # a colleague wanted them to
    MENTIONED = "mentioned"  # a comment names them
    MERGED = "merged"  # they watched a ticket that was merged into this one


@dataclass(frozen=True, slots=True)
class Watcher:
    """A person, or a team with whoever belongs to it at the time."""

    id: UUID  # the person's or team's
    is_team: bool
    name: str
    because: Because
    since: datetime


@dataclass(frozen=True, slots=True)
class Mentioned:
    people: tuple[Person, ...] = ()
    teams: tuple[Team, ...] = ()


def mentioned_in(text: str, people: Sequence[Person], teams: Sequence[Team]) -> Mentioned:
    """Whom "@Mia Berger" and "@Refunds" in a comment mean, each once. A name that several have means nobody."""
    called = {name: found for name, found in _by_name([*people, *teams]).items() if name}
    if not called:
        return Mentioned()
    longest_first = sorted(called, key=lambda name: (-len(name), name))
    names = re.compile(r"(?<![\w@])@(" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
    found = dict.fromkeys(called[match[1]] for match in names.finditer(_plain(text)))
    meant = [one for one in found if one is not None]
    return Mentioned(
        tuple(one for one in meant if isinstance(one, Person)), tuple(one for one in meant if isinstance(one, Team))
    )


def _by_name(everybody: Iterable[Person | Team]) -> dict[str, Person | Team | None]:
    called: dict[str, Person | Team | None] = {}
    for one in everybody:
        name = _plain(one.name)
        called[name] = None if name in called else one
    return called


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
