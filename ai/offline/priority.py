"""How urgent an issue is: what it is about, how the customer sounds, who they are. Pure."""

from ticketing.triage.suggestion import Priority, Sentiment

_ORDER = tuple(Priority)
_RAISING_TIERS = frozenset({"vip", "gold", "platinum"})


def priority_of(base: Priority, sentiment: Sentiment, customer_tier: str | None) -> Priority:
    """The intent's own priority, one step up for an upset customer, one for a preferred one; urgent is the end."""
    steps = (sentiment is Sentiment.UPSET) + ((customer_tier or "").strip().casefold() in _RAISING_TIERS)
    return _ORDER[min(_ORDER.index(base) + steps, len(_ORDER) - 1)]
