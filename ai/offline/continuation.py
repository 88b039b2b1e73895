"""Which known ticket an issue goes on with, if any. A proposal: the rules of the desk decide."""

from collections.abc import Sequence
from uuid import UUID

from ticketing.triage.suggestion import KnownTicket

_OVER = frozenset({"resolved", "closed"})
# Says nothing of its own about what it is about.
_GOES_ON = frozenset(
    {"follow_up", "complaint_service", "contact_human", "refund_status", "claim_status", "legal_threat"}
)
_UNCLEAR = 0.4  # an intent less sure than this does not speak for a new issue


def continued(
    intent: str, confidence: float, category: str, orders: frozenset[str], known: Sequence[KnownTicket]
) -> UUID | None:
    """The ticket that names the same order; else the one open ticket this may well be about; else None."""
    newest_first = sorted(known, key=lambda ticket: ticket.number, reverse=True)
    same_order = [ticket for ticket in newest_first if orders & _references(ticket)]
    if same_order:
        return min(same_order, key=lambda ticket: ticket.status_category in _OVER).id
    open_ones = [
        ticket for ticket in newest_first if ticket.status_category not in _OVER and not _other(ticket, orders)
    ]
    same_category = [ticket for ticket in open_ones if ticket.category == category]
    goes_on = intent in _GOES_ON or confidence < _UNCLEAR
    if len(open_ones) == 1:
        return open_ones[0].id if goes_on or same_category else None
    if len(same_category) == 1:
        return same_category[0].id
    # "Still not working" after the only ticket was resolved is about that one.
    over = [ticket for ticket in newest_first if ticket.status_category == "resolved" and not _other(ticket, orders)]
    return over[0].id if not open_ones and len(over) == 1 and intent == "follow_up" else None


def _references(ticket: KnownTicket) -> frozenset[str]:
    return frozenset(reference.strip().upper() for reference in ticket.references)


def _other(ticket: KnownTicket, orders: frozenset[str]) -> bool:
    """Whether the ticket is plainly about other orders."""
    return bool(orders and _references(ticket))
