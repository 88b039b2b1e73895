"""Bursts as a test writes them."""

from datetime import UTC, datetime

from core.ids import new_id
from ticketing.triage.suggestion import Burst, BurstMessage, KnownTicket

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def a_message(text: str) -> BurstMessage:
    return BurstMessage(new_id(), text, MONDAY)


def a_burst(*texts: str, known: tuple[KnownTicket, ...] = (), tier: str | None = None) -> Burst:
    return Burst(tuple(a_message(text) for text in texts), known, tier)


def a_ticket(
    *, number: int = 1, category: str = "damaged", status: str = "active", references: tuple[str, ...] = ()
) -> KnownTicket:
    return KnownTicket(new_id(), number, "Something", "return", category, status, references)
