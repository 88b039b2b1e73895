"""When a ticket leaves its status by itself (`moves_on` of a status). Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from ticketing.playbook.lifecycle import Status
from ticketing.playbook.playbook import Playbook
from ticketing.tickets.ticket import Ticket


def moves_on_at(status: Status, *, since: datetime, planned: datetime | None = None, now: datetime) -> datetime | None:
    """Of a ticket that came into `status`, or into what it was before, at `since`; None: it stays.

    `planned` is what an earlier version had it do. A new version makes no ticket leave sooner than that, or than after
    the whole time from now: nobody's ticket is closed by a change of words. Asked again later, it gives the same.
    """
    lasts = lasting(status)
    if lasts is None:
        return None
    whole = now + lasts
    return max(since + lasts, whole if planned is None else min(planned, whole))


def lasting(status: Status) -> timedelta | None:
    """How long a ticket stays before it leaves by itself. None: as long as nobody moves it."""
    return status.moves_on.after if status.moves_on else None


def retimed(ticket: Ticket, status: Status, *, now: datetime) -> Ticket:
    """The same ticket, to leave its status when the playbook in force says so."""
    at = moves_on_at(status, since=ticket.status_since, planned=ticket.moves_on_at, now=now)
    return replace(ticket, moves_on_at=at)


def retimes(before: Playbook, after: Playbook) -> tuple[tuple[str, str], ...]:
    """Types and statuses that tickets are in already, perhaps, and leave after another time than before."""
    return tuple(
        (key, status.key)
        for key in after.types
        for status in after.lifecycle(key).statuses
        if not _same(before, key, status)
    )


def _same(before: Playbook, key: str, status: Status) -> bool:
    if key not in before.types:
        return False
    earlier = before.lifecycle(key)
    return earlier.knows(status.key) and lasting(earlier.status(status.key)) == lasting(status)
