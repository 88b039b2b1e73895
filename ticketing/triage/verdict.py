"""What was done about a burst, in one sentence for people."""

from collections import Counter
from collections.abc import Sequence

from ticketing.triage.decide import Continue, Decision, Open, PassToPeople, Reopen, StayResolved
from ticketing.triage.suggestion import Suggestion

_DONE = {
    Open: "opened {}",
    Continue: "continued {}",
    Reopen: "reopened {}",
    StayResolved: "left {} resolved",
    PassToPeople: "no ticket, passed to people",
}


def verdict(decisions: Sequence[Decision], suggestion: Suggestion) -> str:
    """What was done and why, in one sentence for people."""
    counts = Counter(_DONE[type(decision)] for decision in decisions)
    done = [verb.format("a ticket" if count == 1 else f"{count} tickets") for verb, count in counts.items()]
    return f"{', '.join(done).capitalize() or 'No ticket'}: {suggestion.why}"
