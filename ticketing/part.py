"""What every part of the desk is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo

from core.instants import Clock
from core.messages import Limits
from ticketing.ports import StartWork
from ticketing.triage.decide import Rules


@dataclass(frozen=True, slots=True)
class Part:
    """The ports of its use cases, its clock and its rules."""

    start: StartWork
    clock: Clock
    rules: Rules
    limits: Mapping[str, Limits]  # of each channel
    undo: timedelta = timedelta()  # how long a reply can be undone before it leaves
    zone: tzinfo = UTC  # whose mornings and evenings are the desk's
