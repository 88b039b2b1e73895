"""One issue or several? Joins the clauses of a burst into matters, and splits only where that is plain.

A wrong split makes two tickets of one story, which is worse than one ticket with two wishes; so a clause
starts a matter of its own only if both are confidently requests, clearly about different things.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ai.offline.clauses import Clause, Joint
from ai.offline.intents import WORTHY
from ai.offline.model import Judgement

MOST_MATTERS = 4
_LONG_STORY = 5  # sentences; a longer text is one story unless the customer says "also"
_SURE_REQUEST = 0.75
_SURE_INTENT = {Joint.ADDED: 0.4, Joint.LINKED: 0.5, Joint.SENTENCE: 0.75}

# How a customer feels or whom they want, about whatever else is said.
_ATTITUDES = frozenset(
    {
        "complaint_service",
        "follow_up",
        "contact_human",
        "legal_threat",
        "feedback",
        "safety_report",
        "store_information",
    }
)
# What is wished for because of a problem: the two are one matter.
_REMEDIES = frozenset(
    {
        "refund_request",
        "exchange_request",
        "return_request",
        "warranty_repair",
        "order_cancel",
        "booking_cancel",
        "booking_change",
        "subscription_cancel",
        "refund_status",
        "account_close",
        "card_request",
    }
)
_PROBLEMS = frozenset(
    {
        "damaged_item",
        "wrong_item",
        "missing_item",
        "late_delivery",
        "billing_charge",
        "payment_problem",
        "outage",
        "device_problem",
        "software_problem",
        "login_problem",
        "card_lost",
        "fraud_report",
        "booking_question",
        "order_status",
    }
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A clause with what the model holds of it."""

    clause: Clause
    judgement: Judgement

    @property
    def intent(self) -> str:
        return self.judgement.best(worthy=True)[0]

    @property
    def asks(self) -> bool:
        """Whether it is surely a request, and surely of its kind."""
        sure = self.judgement.best(worthy=True)[1]
        return self.judgement.worthy >= _SURE_REQUEST and sure >= _SURE_INTENT[self.clause.joint]


def matters_of(judged: Sequence[Judged]) -> tuple[tuple[Judged, ...], ...]:
    """The clauses grouped by matter, in the order the matters come up; one group unless there are plainly more."""
    sentences = sum(each.clause.joint is Joint.SENTENCE for each in judged)
    groups: list[list[Judged]] = [[]]
    for each in judged:
        home = _home(each, groups, long_story=sentences > _LONG_STORY)
        if home is None:
            groups.append([each])
        else:
            home.append(each)
    return tuple(tuple(group) for group in groups if group)


def _home(each: Judged, groups: list[list[Judged]], *, long_story: bool) -> list[Judged] | None:
    """The group the clause belongs to, or None if it starts a matter of its own."""
    current = groups[-1]
    if not any(other.asks for other in current) or not each.asks or len(groups) >= MOST_MATTERS:
        return current
    if each.clause.refers_back or (long_story and each.clause.joint is not Joint.ADDED):
        return current
    for group in reversed(groups):
        if any(_same_matter(other, each) for other in group if other.asks):
            return group
    return None


def _same_matter(before: Judged, after: Judged) -> bool:
    one, two = before.clause, after.clause
    if one.orders and two.orders:
        return bool(one.orders & two.orders)
    if _ATTITUDES & {before.intent, after.intent}:
        return True
    if WORTHY[before.intent].category == WORTHY[after.intent].category:
        return True
    apart = bool((one.objects or one.orders) and (two.objects or two.orders)) and not one.objects & two.objects
    if _belong_together(before.intent, after.intent):
        return not (apart and (two.joint is Joint.ADDED or two.orders))
    return not (apart or two.joint is Joint.ADDED)


def _belong_together(one: str, two: str) -> bool:
    return (one in _REMEDIES and two in _REMEDIES | _PROBLEMS) or (one in _PROBLEMS and two in _REMEDIES)
