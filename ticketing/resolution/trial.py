"""Another policy tried on decisions of the past: which would have come out otherwise, and what money that is about.

It judges from the record, and guesses nothing: where a draft asks for what was not looked up then, that is told.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import ActionPolicy, Autonomy
from ticketing.resolution.context import PolicyContext
from ticketing.resolution.policy import judge
from ticketing.resolution.replay import Decision, decision
from ticketing.resolution.run import Run, Step
from ticketing.resolution.verdict import PolicyVerdict, Ruling

EXAMPLES = 5  # numbers of tickets that are named
NOT_BEGUN = "not begun"  # the draft's AI leaves such tickets alone


@dataclass(frozen=True, slots=True)
class PastRun:
    """`decision`: the last step of its kind. None: it never came to one."""

    run: Run
    ticket: int  # its number
    decision: Step | None


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
class Trial:
    """Give it past runs, one at a time; then read what would have been otherwise.

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
        if past.decision is None:
            return
        self.decisions += 1
        try:
            recorded = decision(past.decision)
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


def version_of(past: PastRun) -> int | None:
    """The playbook that it was last decided by."""
    number = past.decision.inputs.get("playbook") if past.decision is not None else None
    return number if isinstance(number, int) else None
