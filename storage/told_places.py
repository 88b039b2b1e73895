"""Where a clock tells what it has to tell, made of what SLA_PLACE finds."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sla.clock import Clock, Kind, Phase, left
from storage.database import Row
from storage.work.clock_json import clocks_of
from ticketing.playbook.playbook import Playbook
from ticketing.sla.shown import Colleague, ToldPlace
from ticketing.sla.tick import actions_of
from ticketing.triage.suggestion import Priority


def told_place(row: Row, kind: Kind, events: Sequence[str], playbook: Playbook, now: datetime) -> ToldPlace:
    """What it does and whom it tells is what the playbook in force says of these events."""
    found = clocks_of(row.clocks).get(kind)
    runs = found is not None and found.phase is Phase.RUNNING and found.target is not None and row.counts
    return ToldPlace(
        number=row.number,
        subject=row.subject,
        customer=row.customer or "",
        tier=row.tier,
        priority=Priority(row.priority),
        status=playbook.lifecycle(row.type).status(row.status),
        channel=row.channel,
        ts=row.ts,
        assignee=Colleague(row.assignee, row.assignee_slack) if row.assignee else None,
        team=row.team or "",
        members=tuple(Colleague(*each) for each in row.members or ()),
        clock=found if runs else None,
        left=_left(found, now, playbook) if found is not None and runs else None,
        actions=tuple(action for event in events for action in actions_of(row.policy, kind, event, playbook)),
    )


def _left(clock: Clock, now: datetime, playbook: Playbook) -> timedelta | None:
    """None: it still goes by hours that this playbook has no more, and is soon held to others."""
    known = clock.target is not None and clock.target.calendar in playbook.calendars_by_key
    return left(clock, now, playbook.calendars_by_key) if known else None
