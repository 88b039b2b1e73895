"""What one run says of how good the AI is, by what people did with the ticket. Pure.

Words of customers and of models are no evidence: a ticket that the customer reopens, or fields that were filled in from
what they wrote, say nothing. What a person then fills in does.
"""

from datetime import datetime, timedelta

from ticketing.approvals.approval import ApprovalState
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.playbook.resolving import Recipe
from ticketing.resolution.levels import Afterwards, Case, Sign
from ticketing.resolution.score import Judged, amount_field, judged, number

SETTLES = timedelta(days=3)  # what was done counts as right once nobody has taken it back for so long
WATCHED = timedelta(days=30)  # what people do with the ticket later than that is about something else
_FOR_GOOD = frozenset({Sign.TAKEN_BACK, Sign.REJECTED, Sign.TURNED_DOWN})


def measured(
    after: Afterwards, recipe: Recipe | None, rules: Lifecycle, *, known: Case | None, now: datetime
) -> Case | None:
    """As a case that counts. None: nothing is to be kept, because nobody has said anything yet, or anything else than
    is known. `recipe`: that of the run; None: it had none, or the playbook has another one by now, and what is filled
    in is not held against it.
    """
    run = after.held.run
    if run.is_open or run.ended_at is None or now - run.ended_at > WATCHED:
        return None
    sign = _of_deed(after, recipe, rules) if after.acted else _of_proposal(after, recipe)
    if sign is None or (known is not None and not _says_more(sign, known.sign)):
        return None
    at = run.ended_at + SETTLES if sign is Sign.DONE else now
    return Case(run.id, run.ticket_id, after.ticket, run.type, after.place, run.autonomy, at, sign)


def _says_more(sign: Sign, known: Sign) -> bool:
    """Who corrects what the AI did reopens the ticket first: only the second of the two is for good."""
    if known is Sign.REOPENED:
        return sign is Sign.TAKEN_BACK
    return known not in _FOR_GOOD and sign is not known


def _of_deed(after: Afterwards, recipe: Recipe | None, rules: Lifecycle) -> Sign | None:
    """Of a run that has acted: the fields are as it filled them in, until a person says otherwise."""
    if after.held.is_discarded:
        return Sign.TAKEN_BACK  # it was no ticket at all
    if after.type != after.held.run.type:
        return Sign.OTHER_WAY if after.is_retyped else None
    if recipe is not None and not after.by_people.isdisjoint(_otherwise(after, recipe)):
        return Sign.TAKEN_BACK
    reopened = any(_is_settled(origin, rules) and not _is_settled(to, rules) for origin, to in after.moves)
    return Sign.REOPENED if reopened else Sign.DONE


def _is_settled(status: str, rules: Lifecycle) -> bool:
    """A status that the playbook has no more says nothing."""
    return rules.knows(status) and not rules.status(status).category.is_live


def _of_proposal(after: Afterwards, recipe: Recipe | None) -> Sign | None:
    """Of one that has not: whether people did what it would have done."""
    if after.type != after.held.run.type:
        return None
    if after.turned_down:
        return Sign.TURNED_DOWN
    if after.approval is ApprovalState.REJECTED:
        return Sign.REJECTED
    if recipe is None:
        return None
    match judged(after.held, recipe):
        case Judged.OTHER_WAY if after.held.is_discarded or not after.by_people.isdisjoint(_otherwise(after, recipe)):
            return Sign.OTHER_WAY
        case Judged.OTHER_AMOUNT if amount_field(recipe) in after.by_people:
            return Sign.OTHER_AMOUNT
        case Judged.SAME if _said(recipe) <= after.by_people:
            return Sign.SAME
    return None


def _said(recipe: Recipe) -> frozenset[str]:
    """The fields by which people say how it was settled."""
    amount = amount_field(recipe)
    return frozenset({*recipe.sets, *([amount] if amount is not None else [])})


def _otherwise(after: Afterwards, recipe: Recipe) -> frozenset[str]:
    """Those of them that are not as the run fills them in, whoever said so."""
    fields, run, amount = after.held.fields, after.held.run, amount_field(recipe)
    found = {key for key, value in recipe.sets.items() if fields.get(key) != value}
    if amount is not None and run.amount is not None and number(fields.get(amount)) != run.amount:
        found.add(amount)
    return frozenset(found)
