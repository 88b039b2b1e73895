"""A run as people read it: what it is about, step by step what was done, and what it rested on. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from ticketing.people.permissions import who_decides
from ticketing.playbook.ai_policy import NO_AI
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.run import Json, Run, RunState, Step, StepKind
from ticketing.resolution.shown_facts import Line, ShownFacts, facts_of, said, worded
from ticketing.resolution.shown_steps import ShownStep, action_label, rules_of, shown_step
from ticketing.resolution.verdict import RuleSaid

_OF_THE_AMOUNT = frozenset({"amount", "currency"})


@dataclass(frozen=True, slots=True)
class ShownRun:
    """`what`: the recipe's label, or what its action is called. `given`: label and value of what its action is called
    with, but for the amount. `facts`: the same of what policy's rules looked at, and
    `other_facts` of what else was known; `rules`: what each rule said: of the newest verdict. `who`: may decide, while
    somebody has to. `agreed_by`: who said "do it". `why`: while it is at work, what it waits for outside of us.
    """

    id: UUID
    ticket_id: UUID
    state: RunState
    autonomy: Autonomy
    what: str  # "" until something was decided about
    amount: str | None  # "89.00 USD"
    why: str
    begun_at: datetime
    ended_at: datetime | None
    steps: tuple[ShownStep, ...]
    given: tuple[tuple[str, str], ...] = ()
    facts: tuple[Line, ...] = ()
    other_facts: tuple[Line, ...] = ()
    rules: tuple[RuleSaid, ...] = ()
    who: str | None = None
    approval: str | None = None  # the label of the request, while it waits for it
    approval_id: UUID | None = None
    agreed_by: str | None = None
    decided_by: str | None = None  # who has had their say about the newest request
    asked_for: str | None = None  # the label of the field that the customer was asked for, while it waits for them
    why_autonomy: str = ""  # … it had, where something has moved it; "": it is what the playbook says

    @property
    def took(self) -> timedelta | None:
        """None: it is not over."""
        return self.ended_at - self.begun_at if self.ended_at is not None else None

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def came_of_it(self) -> str:
        """Of its write, in a word or two; "" while that is open."""
        outcomes = [each.outcome for each in self.steps if each.kind is StepKind.ACT]
        if "done" in outcomes:
            return "done"
        if "unknown" in outcomes:
            return "may have been done"
        return "" if self.is_open else "not done"


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a run from elsewhere: of the request that it waits for, and who said "do it"."""

    rule: str | None = None
    label: str | None = None
    is_escalated: bool = False
    agreed_by: str | None = None
    decided_by: str | None = None
    moved: tuple[Autonomy, str] | None = None  # where the type's level had been moved last while it ran, and why


NOTHING_BESIDE = Beside()


def shown_run(run: Run, steps: Sequence[Step], playbook: Playbook, beside: Beside = NOTHING_BESIDE) -> ShownRun:
    """In the words of the playbook as it is now. `steps` in their order."""
    decided = next((each for each in reversed(steps) if each.kind is StepKind.DECIDE), None)
    facts, rules = decided_by(decided, playbook) if decided else (ShownFacts(), ())
    waits = run.state is RunState.WAITING_FOR_APPROVAL
    rule = playbook.approvals.get(beside.rule or "") if waits else None
    asks = run.asked_for if run.state is RunState.WAITING_FOR_CUSTOMER else None
    field = playbook.fields.get(asks or "")
    return ShownRun(
        id=run.id,
        ticket_id=run.ticket_id,
        state=run.state,
        autonomy=run.autonomy,
        what=_what(run, playbook),
        amount=money(run.amount, run.arguments),
        why="" if run.state is RunState.WORKING and run.trying_since is None else run.why,
        begun_at=run.begun_at,
        ended_at=run.ended_at,
        steps=tuple(shown_step(each, playbook, beside.decided_by if _is_newest(each, run) else None) for each in steps),
        given=tuple(_given(run.arguments or {})),
        facts=facts.looked_at,
        other_facts=facts.others,
        rules=rules,
        who=who_decides(rule.approvers, escalated=beside.is_escalated) if rule else None,
        approval=beside.label if waits else None,
        approval_id=run.approval_id if waits else None,
        agreed_by=beside.agreed_by,
        decided_by=beside.decided_by,
        asked_for=field.label if field else asks,
        why_autonomy=_why_autonomy(run, playbook, beside),
    )


def _why_autonomy(run: Run, playbook: Playbook, beside: Beside) -> str:
    if beside.moved is not None:
        level, why = beside.moved
        return why if level is run.autonomy else ""
    ai = playbook.types[run.type].ai if run.type in playbook.types else NO_AI
    begins = ai.earns is not None and ai.earns.start is run.autonomy is not ai.autonomy
    return f"It begins there, and {ai.autonomy.words} is to be earned." if begins else ""


def money(amount: Decimal | None, arguments: Mapping[str, Json] | None) -> str | None:
    """ "89.00 USD"; in the currency that the action is called with, where it takes one."""
    if amount is None:
        return None
    currency = (arguments or {}).get("currency")
    return f"{amount} {currency}" if isinstance(currency, str) and currency else str(amount)


def decided_by(step: Step, playbook: Playbook) -> tuple[ShownFacts, tuple[RuleSaid, ...]]:
    """What a verdict was reached from, for people, and what each rule said."""
    return facts_of(step, playbook.action_policies.get(step.name)), rules_of(step)


def _given(arguments: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for name, value in sorted(arguments.items()):
        if name not in _OF_THE_AMOUNT and not isinstance(value, list | Mapping) and value is not None:
            yield worded(name), said(value)


def _is_newest(step: Step, run: Run) -> bool:
    """Whether it is about the run's newest request."""
    return step.outputs.get("approval") == str(run.approval_id)


def _what(run: Run, playbook: Playbook) -> str:
    recipe = playbook.recipes.get(run.recipe or "")
    if recipe is not None:
        return recipe.label
    return action_label(run.action, playbook) if run.action else ""
