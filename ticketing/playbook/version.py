"""A version of the playbook as it is kept: the document, and what became of what was before it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from ticketing.people.actor import Actor
from ticketing.playbook.succession import Successors


@dataclass(frozen=True, slots=True)
class Version:
    """One that was applied. It never changes."""

    number: int  # 1, 2, 3, …
    name: str
    text: str  # the document as it was written
    successors: Successors
    applied_at: datetime
    by: Actor  # as they were called then; `person` is not kept

    @property
    def digest(self) -> str:
        """SHA-256 (hex): the same digest is the same playbook."""
        content = json.dumps([self.number, self.text, self.successors.data()], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Migration:
    """How far tickets have followed a version."""

    version: int
    tickets: int  # that stood elsewhere when it was applied
    retimed: tuple[tuple[str, str], ...] = ()  # types and statuses whose tickets may leave them at another time
    moved: int = 0  # each has a record
    ended_at: datetime | None = None  # None: under way


def fingerprint(text: str) -> str:
    """Of a document alone, as the record of changes names it."""
    return hashlib.sha256(text.encode()).hexdigest()
