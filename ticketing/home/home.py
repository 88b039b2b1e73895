"""One person's page: what is theirs by urgency, and what else waits that they may do something about. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from ticketing.approvals.shown import ShownApproval
from ticketing.home.urgency import Placed, ranked
from ticketing.home.work import Place, WaitingConversation, Work
from ticketing.people.person import Person, Role
from ticketing.triage.record import Trigger

MOST_MINE = 1_000  # tickets of one person that are ranked
MOST = 50  # of each other kind

HANDED_OVER = frozenset(Trigger) - {Trigger.TRIAGE}


Each = TypeVar("Each")


@dataclass(frozen=True, slots=True)
class Listed(Generic[Each]):
    """What stands under one heading. `more`: there is more than was read."""

    lines: Sequence[Each] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class AskedApproval:
    """A request that waits, and the ticket that it is about."""

    approval: ShownApproval
    number: int
    subject: str
    card: Place | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """As of `at`. Every ticket stands under one heading only. `unassigned` None: not theirs to see."""

    person: Person
    at: datetime
    mine: Listed[Placed] = Listed()
    at_risk: Listed[Placed] = Listed()
    pending: Listed[Placed] = Listed()
    handed_over: Listed[Placed] = Listed()  # by the AI, and nobody has claimed it
    unassigned: Listed[Placed] | None = None
    unticketed: Listed[WaitingConversation] = Listed()
    to_decide: Listed[AskedApproval] = Listed()
    asked: Listed[AskedApproval] = Listed()  # by them, of others
    cards_behind: timedelta = timedelta()  # the whole desk's, in Slack

    @property
    def is_empty(self) -> bool:
        parts = (self.mine, self.at_risk, self.pending, self.handed_over, self.unticketed, self.to_decide, self.asked)
        return not any(each.lines for each in parts) and not (self.unassigned and self.unassigned.lines)

    @property
    def is_cut(self) -> bool:
        """There may be more under a heading than was read, though nothing may stand under it."""
        parts = (self.at_risk, self.handed_over, self.unticketed, self.to_decide)
        return any(each.more for each in parts)


@dataclass(frozen=True, slots=True)
class Tickets:
    """What was read of them: `at_risk` in the order in which they are due, `unclaimed` as lists have it."""

    mine: Sequence[Work]
    at_risk: Sequence[Work]
    unclaimed: Sequence[Work]
    more_unclaimed: bool = False
    more_at_risk: bool = False


def home_of(
    person: Person,
    tickets: Tickets,
    *,
    unticketed: Listed[WaitingConversation],
    to_decide: Listed[AskedApproval],
    asked: Listed[AskedApproval],
    now: datetime,
) -> Home:
    """Put together. A ticket stands where it presses most: theirs first, then at risk, handed over, unassigned."""
    mine = ranked(tickets.mine, now)
    shown = {each.work.ticket_id for each in mine}
    at_risk = _others(tickets.at_risk, shown, now)
    escalated = _others([each for each in tickets.unclaimed if each.trigger in HANDED_OVER], shown, now)
    unassigned = _others(tickets.unclaimed, shown, now) if person.role is not Role.AGENT else None
    return Home(
        person,
        now,
        mine=Listed([each for each in mine if not each.urgency.is_waiting], len(mine) > MOST_MINE),
        pending=Listed([each for each in mine if each.urgency.is_waiting], len(mine) > MOST_MINE),
        at_risk=_part(at_risk, more=tickets.more_at_risk),
        handed_over=_part(escalated, more=tickets.more_unclaimed),
        unassigned=None if unassigned is None else _part(unassigned, more=tickets.more_unclaimed),
        unticketed=unticketed,
        to_decide=to_decide,
        asked=asked,
    )


def _others(works: Collection[Work], shown: set[UUID], now: datetime) -> list[Placed]:
    """Those that do not stand anywhere yet, by urgency; they do from now on."""
    found = ranked([each for each in works if each.ticket_id not in shown], now)
    shown.update(each.work.ticket_id for each in found)
    return found


def _part(found: list[Placed], *, more: bool = False) -> Listed[Placed]:
    return Listed(found[:MOST], more or len(found) > MOST)
