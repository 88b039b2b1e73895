"""Decisions of the past, judged again from the record alone: by the playbook they were made by, or by a draft.

Nothing is looked up, no brain is asked, no action is called: a verdict depends on what stands beside it in the record.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import ActionPolicy, Autonomy
from ticketing.resolution.context import PolicyContext, read_back
from ticketing.resolution.policy import judge
from ticketing.resolution.record import from_json, verdict_from_json
from ticketing.resolution.run import Json, Run, Step
from ticketing.resolution.verdict import PolicyVerdict, Ruling

EXAMPLES = 5  # numbers of tickets that are named
NOT_BEGUN = "not begun"  # the draft's AI leaves such tickets alone


@dataclass(frozen=True, slots=True)
class Decision:
    """One verdict, with all that it was reached from."""

    place: int  # of its step
    action: str
    at: datetime
    playbook: int  # the version that it was reached by
    proposed: Mapping[str, Json] = field(hash=False)
    context: PolicyContext
    verdict: PolicyVerdict


def decision(step: Step) -> Decision:
    """What a DECIDE step says. Raises ValueError: it is not what this program writes."""
    try:
        return Decision(
            step.place,
            step.name,
            step.begun_at,
            int(step.inputs["playbook"]),
            from_json(step.inputs["proposed"]),
            read_back(step.inputs["context"]),
            verdict_from_json(step.outputs["verdict"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"step {step.place} is not what this program writes: {error!r}") from error


@dataclass(frozen=True, slots=True)
class Difference:
    """`what`: "ruling", "amount", …, or "rule small"."""

    what: str
    recorded: str
    again: str


def judged_again(recorded: Decision, playbook: Playbook) -> tuple[PolicyVerdict, Sequence[Difference]]:
    """The verdict that this playbook reaches from the record, and where it is another one."""
    again = judge(playbook.action_policies.get(recorded.action), recorded.proposed, recorded.context)
    return again, list(_differences(recorded.verdict, again))


def _differences(recorded: PolicyVerdict, again: PolicyVerdict) -> Iterator[Difference]:
    for what in ("ruling", "decided_by", "approval", "tell", "amount", "arguments", "because"):
        before, after = getattr(recorded, what), getattr(again, what)
        if before != after:
            yield Difference(what, str(before), str(after))
    before, after = _answers(recorded), _answers(again)
    for rule in dict.fromkeys((*before, *after)):
        if before.get(rule) != after.get(rule):
            yield Difference(f"rule {rule}", before.get(rule, "not asked"), after.get(rule, "not asked"))


def _answers(verdict: PolicyVerdict) -> dict[str, str]:
    return {each.rule: "held" if each.held else "failed" for each in verdict.rules}


@dataclass(frozen=True, slots=True)
class PastRun:
    """`decisions`: its DECIDE steps, in their order."""

    run: Run
    ticket: int  # its number
    decisions: Sequence[Step]


@dataclass(slots=True)
class Flip:
    """Decisions on one action that would have come out otherwise. `amounts`: by currency, what they were about."""

    action: str
    before: str
    after: str
    times: int = 0
    amounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    examples: list[int] = field(default_factory=list)  # numbers of tickets


@dataclass(slots=True)
class Unsaid:
    """Decisions of which nothing can be said, for one reason."""

    why: str
    times: int = 0
    examples: list[int] = field(default_factory=list)


@dataclass
class Draft:
    """Give it past runs, one at a time; then read what would have been otherwise. Of each run its last decision counts.

    What follows of a flip is not played on: earlier refunds stay what they were for the caps of later ones.
    """

    playbook: Playbook
    before: Mapping[int, Playbook]  # by version: those that the runs were decided by
    runs: int = 0
    decisions: int = 0
    same: int = 0
    more_out: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))  # done without a person
    less_out: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    _flips: dict[tuple[str, str, str], Flip] = field(default_factory=dict)
    _unsaid: dict[str, Unsaid] = field(default_factory=dict)

    @property
    def flips(self) -> Sequence[Flip]:
        return sorted(self._flips.values(), key=lambda each: (-each.times, each.action, each.before, each.after))

    @property
    def unsaid(self) -> Sequence[Unsaid]:
        return sorted(self._unsaid.values(), key=lambda each: (-each.times, each.why))

    def add(self, past: PastRun) -> None:
        self.runs += 1
        if not past.decisions:
            return
        self.decisions += 1
        try:
            recorded = decision(past.decisions[-1])
        except ValueError:
            self._leave("the record is not what this program writes", past.ticket)
            return
        if not _begins(self.playbook, past.run.type, recorded.action):
            self._flip(recorded, None, past.ticket)
            return
        policy = self.playbook.action_policies.get(recorded.action)
        if (why := self._not_known(policy, recorded)) is not None:
            self._leave(why, past.ticket)
            return
        self._compare(recorded, judge(policy, recorded.proposed, recorded.context), past.ticket)

    def _compare(self, recorded: Decision, now: PolicyVerdict, ticket: int) -> None:
        was = recorded.verdict
        if (was.ruling, was.approval, was.amount) == (now.ruling, now.approval, now.amount):
            self.same += 1
        else:
            self._flip(recorded, now, ticket)

    def _flip(self, recorded: Decision, now: PolicyVerdict | None, ticket: int) -> None:
        was = recorded.verdict
        key = (recorded.action, _words(was), NOT_BEGUN if now is None else _words(now))
        flip = self._flips.setdefault(key, Flip(*key))
        flip.times += 1
        _example(flip.examples, ticket)
        amount, currency = _money(was) if was.amount is not None or now is None else _money(now)
        flip.amounts[currency] += amount
        _count(self.less_out, was)
        if now is not None:
            _count(self.more_out, now)

    def _leave(self, why: str, ticket: int) -> None:
        unsaid = self._unsaid.setdefault(why, Unsaid(why))
        unsaid.times += 1
        _example(unsaid.examples, ticket)

    def _not_known(self, policy: ActionPolicy | None, recorded: Decision) -> str | None:
        """What the draft would have had to know beyond what was looked up. None: nothing."""
        if policy is None:
            return None
        before = self.before.get(recorded.playbook)
        was = before.action_policies.get(recorded.action) if before is not None else None
        lacking = sorted({*_other_facts(policy, was, recorded.context), *_strangers(policy, recorded)})
        if was is not None and was.window != policy.window and _looks_back(policy):
            lacking.append("earlier, within another window")
        return f"the draft asks for {', '.join(lacking)}, which the record does not have" if lacking else None


def _begins(playbook: Playbook, kind: str, action: str) -> bool:
    """Whether the AI would work on tickets of this type with this action."""
    try:
        ai = playbook.type(kind).ai
    except KeyError:
        return False
    called = {playbook.recipes[key].calling.action for key in ai.recipes if key in playbook.recipes}
    return ai.autonomy is not Autonomy.OFF and action in called


def _other_facts(policy: ActionPolicy, was: ActionPolicy | None, context: PolicyContext) -> Iterator[str]:
    """Facts that were not looked up, or otherwise than the draft would."""
    known = {each.name: each.calling for each in was.facts} if was is not None else {}
    read = context.names.get("facts", {})
    for source in policy.facts:
        if source.name not in read or known.get(source.name) != source.calling:
            yield f"facts.{source.name}"


def _strangers(policy: ActionPolicy, recorded: Decision) -> Iterator[str]:
    names = recorded.context.with_arguments(recorded.verdict.arguments)
    for rule in policy.rules:
        yield from rule.holds.strangers(names)
    for each in (*policy.sets.values(), policy.amount):
        if each is not None:
            yield from each.strangers(names)


def _looks_back(policy: ActionPolicy) -> bool:
    return any("earlier" in rule.holds.groups for rule in policy.rules)


def _words(verdict: PolicyVerdict) -> str:
    """ "needs approval (refund_over_200)"."""
    said = verdict.ruling.value.replace("_", " ")
    return f"{said} ({verdict.approval})" if verdict.approval is not None else said


def _money(verdict: PolicyVerdict) -> tuple[Decimal, str]:
    currency = verdict.arguments.get("currency")
    return verdict.amount or Decimal(0), currency if isinstance(currency, str) else ""


def _count(out: dict[str, Decimal], verdict: PolicyVerdict) -> None:
    if verdict.ruling is Ruling.ALLOWED and verdict.amount is not None:
        amount, currency = _money(verdict)
        out[currency] += amount


def _example(examples: list[int], ticket: int) -> None:
    if len(examples) < EXAMPLES:
        examples.append(ticket)


def versions_of(pasts: Iterable[PastRun]) -> frozenset[int]:
    """The playbooks that these runs were last decided by."""
    found = (past.decisions[-1].inputs.get("playbook") for past in pasts if past.decisions)
    return frozenset(each for each in found if isinstance(each, int))
