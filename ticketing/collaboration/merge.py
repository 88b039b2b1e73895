"""Tickets that are one issue: merged by somebody who saw what it does, and parted again as exactly (SPEC 2.6).

Both keep their histories. The merged ticket keeps its status and its room, and counts nowhere; what is in its room is
in the survivor's too, and goes on there.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from ticketing.people.actor import Actor
from ticketing.people.permissions import Act, require
from ticketing.playbook.lifecycle import Status
from ticketing.tickets.changes import require_standing
from ticketing.tickets.ticket import MOST_TAGS, Ticket


class TicketMergeRefused(Refused):
    """These two tickets cannot be merged as things stand."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What one ticket has that can come to another: ids of messages and comments in its room, who watches it, tags."""

    messages: frozenset[UUID] = frozenset()
    comments: frozenset[UUID] = frozenset()
    watchers: frozenset[UUID] = frozenset()  # people and teams
    tags: tuple[str, ...] = ()

    def without(self, other: "Brought") -> "Brought":
        tags = tuple(tag for tag in self.tags if tag not in other.tags)
        return Brought(
            self.messages - other.messages, self.comments - other.comments, self.watchers - other.watchers, tags
        )

    def shared_with(self, other: "Brought") -> "Brought":
        return self.without(self.without(other))

    def joined_by(self, other: "Brought") -> "Brought":
        return Brought(
            self.messages | other.messages,
            self.comments | other.comments,
            self.watchers | other.watchers,
            tuple(dict.fromkeys((*self.tags, *other.tags))),
        )


@dataclass(frozen=True, slots=True)
class TicketMerge:
    """One ticket in another, until it is undone. `brought`: what the survivor did not have before."""

    id: UUID
    survivor_id: UUID
    absorbed_id: UUID
    by_id: UUID
    by_name: str
    at: datetime
    brought: Brought = field(default_factory=Brought)


@dataclass(frozen=True, slots=True)
class TicketMergePreview:
    """What a merge would do. `survivor_version` and `absorbed_version` go back with the decision."""

    survivor: Ticket
    absorbed: Ticket
    brought: Brought
    other_conversation: bool  # the merged one's conversation is another one, and goes on at the survivor

    @property
    def seen(self) -> tuple[int, int]:
        return self.survivor.version, self.absorbed.version


def require_mergeable(survivor: Ticket, absorbed: Ticket, *, by: Actor, answered: bool) -> None:
    """`answered`: somebody has replied to the customer about the one that would be absorbed.

    Raises TicketMergeRefused, TicketIsDiscarded, TicketIsMerged, PermissionRefused.
    """
    require(by, Act.MERGE, absorbed)
    if survivor.id == absorbed.id:
        raise TicketMergeRefused("A ticket cannot be merged with itself.")
    for each in (survivor, absorbed):
        require_standing(each)
    if survivor.customer_id != absorbed.customer_id:
        raise TicketMergeRefused(
            f"#{survivor.number} and #{absorbed.number} are of two customers. If they are one person, merge the "
            "customers first."
        )
    if absorbed.is_live and not survivor.is_live:
        raise TicketMergeRefused(
            f"#{absorbed.number} is worked on and #{survivor.number} is settled: what is owed would be forgotten. "
            f"Merge #{survivor.number} into #{absorbed.number}, or reopen it first."
        )
    if answered and absorbed.assignee_id not in (None, by.id):
        raise TicketMergeRefused(
            f"A colleague has ticket #{absorbed.number} and has already written to the customer. Ask them, or take it "
            "over first."
        )


def fitting(survivor: Ticket, brought: Brought) -> Brought:
    """As many tags as the survivor has room for."""
    return replace(brought, tags=brought.tags[: max(0, MOST_TAGS - len(survivor.tags))])


def absorbed_into(absorbed: Ticket, survivor: Ticket, at: datetime) -> Ticket:
    """Nothing happens to it by itself any more."""
    return replace(absorbed.touched(at), merged_into=survivor.id, moves_on_at=None, remind_at=None)


def parted(absorbed: Ticket, status: Status, at: datetime) -> Ticket:
    """What it was before. What should have happened by itself meanwhile does so now; nobody is reminded too late."""
    moves_on = absorbed.status_since + status.moves_on.after if status.moves_on else None
    due = absorbed.due_at
    return replace(
        absorbed.touched(at),
        merged_into=None,
        moves_on_at=moves_on,
        remind_at=due if due is not None and due > at else None,
    )
