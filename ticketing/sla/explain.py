"""Why a ticket is due when it is due: every stretch of its clocks, and the record that caused it (SPEC 4.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sla.clock import Calendars, Kind, Moment
from sla.explain import Explanation, explain
from ticketing.activity.record import Entry
from ticketing.sla.history import KEPT, Policies, follow, moments, of_entries, withdrawn
from ticketing.sla.service_level import ServiceLevel


@dataclass(frozen=True, slots=True)
class TicketExplanation:
    """`clocks`: of those that were ever started. `entries` by their number in the record: what causes name.

    `withdrawn`: replies that were taken back and so answered nobody, by their number, with the records that say so.
    """

    level: ServiceLevel
    clocks: Mapping[Kind, Explanation]
    entries: Mapping[str, Entry]
    withdrawn: Mapping[int, Entry]


def explained(
    entries: Sequence[Entry], policies: Policies, calendars: Calendars, now: datetime
) -> TicketExplanation | None:
    """From the ticket's whole record; None: it has no clocks. Raises KeyError as `history.follow`."""
    level: ServiceLevel | None = None
    told: dict[Kind, list[Moment]] = {kind: [] for kind in KEPT}
    for what in of_entries(entries):
        for kind, moment in moments(level, what, policies):
            told[kind].append(moment)
        level = follow(level, what, policies, calendars)
    if level is None:
        return None
    found = {kind: explain(kind, each, calendars, now) for kind, each in told.items()}
    clocks = {kind: each for kind, each in found.items() if each is not None}
    return TicketExplanation(level, clocks, {str(entry.seq): entry for entry in entries}, withdrawn(entries))
