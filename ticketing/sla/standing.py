"""How the promises of a ticket stand, as conditions ask for it: one clock of several, and how much of it is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sla.clock import Calendars, Clock, Kind, State, spent, state


@dataclass(frozen=True, slots=True)
class Standing:
    """Of the clock that is due soonest. `used`: the share of its target, 1.0 just when it is due."""

    clock: Clock
    state: State
    used: float


def standing(clocks: Mapping[Kind, Clock], now: datetime, calendars: Calendars) -> Standing | None:
    """None: nothing is promised that is not kept or broken for good already. One that waits comes after one that runs.

    Raises KeyError: the calendar of a clock is not among them.
    """
    going_on = [each for each in clocks.values() if each.stopped_at is None and each.target is not None]
    if not going_on:
        return None
    first = min(going_on, key=lambda each: (each.due_at is None, each.due_at or each.started_at))
    stands = state(first, now)
    if stands is None or first.target is None:
        return None
    return Standing(first, stands, spent(first, now, calendars) / first.target.length)
