"""Tickets as lines of lists, with everything filled in, for tests to change what they are about."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sla.clock import Kind, State
from tests.bot.cards import NOON
from tests.playbooks import LIFECYCLE
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.sla.shown import ShownClock
from ticketing.tickets.listing import TicketLine
from ticketing.tickets.search import Where
from ticketing.tickets.shown_line import FoundWords, ShownLine
from ticketing.triage.suggestion import Priority


def a_line(number: int = 12, *, found: FoundWords | None = None, status: str = "open", **changes: Any) -> ShownLine:
    """`changes`: of what the list itself says."""
    ticket = TicketLine(
        id=UUID(int=number),
        number=number,
        subject="Damaged item: order 78932",
        type="return",
        category="damaged",
        status=status,
        stage=StatusCategory.OPEN,
        priority=Priority.HIGH,
        channel="whatsapp",
        team="Support",
        assignee="Mia Berger",
        customer="Anna Kowalski",
        created_at=NOON,
        updated_at=NOON,
        due_at=None,
        tags=("vip",),
        fields={},
    )
    clocks = (
        ShownClock(Kind.FIRST_RESPONSE, State.BREACHED, NOON),
        ShownClock(Kind.RESOLUTION, State.AT_RISK, NOON),
        ShownClock(Kind.NEXT_RESPONSE, State.ON_TRACK, NOON),
    )
    place = ("C0123456789", "1795348800.000200")
    return ShownLine(replace(ticket, **changes), LIFECYCLE.status(status), clocks, place, found)


def found_in(where: Where) -> FoundWords:
    return FoundWords(where, "… the handle of my mug is broken off …")
