"""What conditions may ask about a ticket beside the ticket itself; read only where a condition asks for it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sla.calendar import Calendar, elapsed
from sla.clock import Calendars, Clock, Kind
from ticketing.customers.customer import Customer
from ticketing.playbook.conditions import Condition
from ticketing.playbook.playbook import Playbook
from ticketing.sla.standing import Standing, standing
from ticketing.tickets.ticket import Ticket

_AROUND = re.compile(r"\bcustomer\.|\bconversation\.|\bticket\.(channel|team)\b")
_ISSUES = re.compile(r"\bticket\.issues\b")
_OPEN_HOURS = re.compile(r"\bticket\.open_hours\b")
_CLOCKS = re.compile(r"\bsla\.")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Of one ticket. What is not known, or was not asked for, is None."""

    channel: str | None = None  # of its conversation
    team: str | None = None  # its name
    customer: Customer | None = None
    issues: int | None = None  # open tickets of its conversation, itself among them
    calendar: Calendar | None = None  # by which its open hours count
    clocks: Mapping[Kind, Clock] = field(default_factory=dict, hash=False)
    calendars: Calendars = field(default_factory=dict, hash=False)  # of those clocks

    def open_hours(self, ticket: Ticket, now: datetime) -> float | None:
        """Since it was opened."""
        if self.calendar is None:
            return None
        return elapsed(self.calendar, ticket.created_at, max(now, ticket.created_at)) / timedelta(hours=1)

    def standing(self, now: datetime) -> Standing | None:
        return standing(self.clocks, now, self.calendars)


NOT_ASKED = Surroundings()


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of it some conditions ask for."""

    around: bool  # channel, team, customer
    issues: bool
    open_hours: bool
    clocks: bool

    def __bool__(self) -> bool:
        return self.around or self.issues or self.open_hours or self.clocks


def asked_by(conditions: Iterable[Condition]) -> Asked:
    sources = [condition.source for condition in conditions]

    def any_asks(pattern: re.Pattern[str]) -> bool:
        return any(pattern.search(source) for source in sources)

    return Asked(any_asks(_AROUND), any_asks(_ISSUES), any_asks(_OPEN_HOURS), any_asks(_CLOCKS))


def conditions_about(ticket: Ticket, playbook: Playbook) -> Iterator[Condition]:
    """All that are asked when somebody works on a ticket of this type."""
    for key in playbook.type(ticket.type).fields:
        of_type = playbook.fields[key]
        if of_type.show is not None:
            yield of_type.show
        if isinstance(of_type.required, Condition):
            yield of_type.required
    for transition in playbook.lifecycle(ticket.type).transitions:
        if transition.when is not None:
            yield transition.when
    for rule in playbook.approvals.values():
        if rule.when is not None:
            yield rule.when
