"""What one run says of how good the AI is, by what people did with the ticket. Pure.

Words of customers and of models are no evidence: a ticket that the customer reopens, or fields that were filled in from
what they wrote, say nothing. What a person then fills in does.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from ticketing.approvals.approval import ApprovalState
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.playbook.resolving import Recipe
from ticketing.resolution.levels import Afterwards, Case, Sign
from ticketing.resolution.score import Judged, amount_field, judged

SETTLES = timedelta(days=3)  # what was done counts as right once nobody has taken it back for so long
WATCHED = timedelta(days=30)  # what people do with the ticket later than that is about something else
_SAID = {Judged.SAME: Sign.SAME, Judged.OTHER_WAY: Sign.OTHER_WAY, Judged.OTHER_AMOUNT: Sign.OTHER_AMOUNT}
_FOR_GOOD = frozenset({Sign.TAKEN_BACK, Sign.REOPENED, Sign.REJECTED, Sign.TURNED_DOWN})


def measured(
    after: Afterwards, recipe: Recipe | None, rules: Lifecycle, *, known: Case | None, now: datetime
) -> Case | None:
    """As a case that counts. None: nothing is to be kept, because nobody has said anything yet, or anything else than
    is known. `recipe`: that of the run.
    """
    run = after.held.run
    if run.is_open or run.ended_at is None or after.type != run.type or now - run.ended_at > WATCHED:
        return None
    if known is not None and known.sign in _FOR_GOOD:
        return None
    sign = _of_deed(after, recipe, rules) if after.acted else _of_proposal(after, recipe)
    if sign is None or (known is not None and known.sign is sign):
        return None
    at = run.ended_at + SETTLES if sign is Sign.DONE else now
    return Case(run.id, run.ticket_id, after.ticket, run.type, after.place, run.autonomy, at, sign)


def _of_deed(after: Afterwards, recipe: Recipe | None, rules: Lifecycle) -> Sign:
    """Of a run that has acted: the fields are as it filled them in, until a person says otherwise."""
    as_settled = replace(after.held, is_settled=True)
    if recipe is not None and _by_people(after, recipe) and judged(as_settled, recipe) is not Judged.SAME:
        return Sign.TAKEN_BACK
    reopened = any(_is_settled(origin, rules) and not _is_settled(to, rules) for origin, to in after.moves)
    return Sign.REOPENED if reopened else Sign.DONE


def _is_settled(status: str, rules: Lifecycle) -> bool:
    """A status that the playbook has no more says nothing."""
    return rules.knows(status) and not rules.status(status).category.is_live


def _of_proposal(after: Afterwards, recipe: Recipe | None) -> Sign | None:
    """Of one that has not: whether people did what it would have done."""
    if after.turned_down:
        return Sign.TURNED_DOWN
    if after.approval is ApprovalState.REJECTED:
        return Sign.REJECTED
    if recipe is None or not _by_people(after, recipe):
        return None
    return _SAID.get(judged(after.held, recipe))


def _by_people(after: Afterwards, recipe: Recipe) -> bool:
    """Whether a person has said how it was settled."""
    amount = amount_field(recipe)
    keys = {*recipe.sets, *([amount] if amount is not None else [])}
    return after.held.is_discarded or not keys.isdisjoint(after.by_people)
