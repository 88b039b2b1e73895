"""Decisions of the past, judged again from the record alone, by the playbook that they were made by.

Nothing is looked up, no brain is asked, no action is called: a verdict depends on what stands beside it in the record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ticketing.playbook.playbook import Playbook
from ticketing.resolution.context import PolicyContext, read_back
from ticketing.resolution.policy import judge
from ticketing.resolution.record import from_json, verdict_from_json
from ticketing.resolution.run import Json, Step
from ticketing.resolution.verdict import PolicyVerdict


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


@dataclass(frozen=True, slots=True)
class JudgedAgain:
    """`broken`: in words, why it cannot be judged again."""

    place: int
    action: str
    at: datetime
    recorded: PolicyVerdict | None = None
    again: PolicyVerdict | None = None
    differences: tuple[Difference, ...] = ()
    broken: str = ""

    @property
    def is_same(self) -> bool:
        return not self.broken and not self.differences


def judged_again(step: Step, playbook: Playbook | None) -> JudgedAgain:
    """A DECIDE step, judged by the playbook that it was decided by. None: that is not there any more."""
    if playbook is None:
        broken = f"version {step.inputs.get('playbook')} of the playbook is not there, or not understood any more"
        return JudgedAgain(step.place, step.name, step.begun_at, broken=broken)
    try:
        made = decision(step)
    except ValueError as error:
        return JudgedAgain(step.place, step.name, step.begun_at, broken=str(error))
    again = judge(playbook.action_policies.get(made.action), made.proposed, made.context)
    found = tuple(_differences(made.verdict, again))
    return JudgedAgain(step.place, step.name, step.begun_at, made.verdict, again, found)


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
