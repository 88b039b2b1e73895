"""An event is a fact in the past tense that other parts of the desk may act on after the commit.

Events hold ids and instants only, never content: they travel as jobs, and content stays where it is stored.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Root of every event. `at` is the instant of the change, aware, UTC."""

    at: datetime
