"""One step of a run in a few words, for the card, the thread and `threadline runs`. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ticketing.playbook.playbook import Playbook
from ticketing.resolution.run import TURNED_DOWN, Json, Step, StepKind, StepState
from ticketing.resolution.verdict import RuleSaid, lacks_facts

_LONGEST = 60  # characters of one argument
_READS = ("lookup_", "look_up_", "get_", "find_", "read_")


class Mark(StrEnum):
    """What became of a step, at a glance."""

    DONE = "✓"
    FAILED = "✗"
    UNDER_WAY = "…"
    WAITS = "?"  # for somebody


@dataclass(frozen=True, slots=True)
class ShownStep:
    """`words`: short. `why`: what was said of it: a rule's words, an action's, a brain's reason. `rules`: each rule's
    answer and words, where policy decided. `outcome`: as it stands in the record. `key`: what a call is known by
    elsewhere.
    """

    place: int
    kind: StepKind
    mark: Mark
    words: str
    why: str
    at: datetime
    took: timedelta | None
    outcome: str = ""
    rules: tuple[RuleSaid, ...] = ()
    key: str | None = None


def shown_step(step: Step, playbook: Playbook, decided_by: str | None = None) -> ShownStep:
    """In the words of the playbook as it is now. `decided_by`: who has had their say about the approval in it."""
    mark, words = _WORDS[step.kind](step, playbook)
    if step.kind is StepKind.AGREED and decided_by is not None:
        words = f"{words}, by {decided_by}"
    return ShownStep(
        step.place,
        step.kind,
        mark,
        words,
        _why(step),
        step.begun_at,
        step.ended_at - step.begun_at if step.ended_at is not None else None,
        step.outcome if step.state is StepState.DONE else "",
        rules_of(step),
        step.key,
    )


def action_label(action: str, playbook: Playbook) -> str:
    """What an action does, as the recipe that calls it says; else its name in words."""
    return next((each.label for each in playbook.recipes.values() if each.calling.action == action), _in_words(action))


def _why(step: Step) -> str:
    proposal = step.inputs.get("proposal")
    if step.kind is StepKind.PROPOSE and isinstance(proposal, Mapping):
        return str(proposal.get("because") or "")
    return step.why


def rules_of(step: Step) -> tuple[RuleSaid, ...]:
    """What each rule said, where policy decided. Of a verdict that is of another form: none."""
    verdict = step.outputs.get("verdict")
    said = verdict.get("rules") if isinstance(verdict, Mapping) else None
    return tuple(
        RuleSaid(str(each["rule"]), each["held"] is True, str(each["because"]))
        for each in said or ()
        if isinstance(each, Mapping) and {"rule", "held", "because"} <= each.keys()
    )


def _proposed(step: Step, playbook: Playbook) -> tuple[Mark, str]:
    proposal = step.inputs.get("proposal")
    proposal = proposal if isinstance(proposal, Mapping) else {}
    brain = step.inputs.get("brain")
    who = f"the brain ({brain})" if brain else "the brain"
    if "action" in proposal:
        return Mark.DONE, f"{who} proposes: {action_label(str(proposal['action']), playbook)}"
    if "field" in proposal:
        return Mark.DONE, f"{who} would ask for: {_field(str(proposal['field']), playbook)}"
    return Mark.DONE, f"{who} would leave it to a person"


def _looked_up(step: Step, playbook: Playbook) -> tuple[Mark, str]:  # noqa: ARG001
    name = _in_words(str(step.inputs.get("fact") or _without_verb(step.name)))
    about = " ".join(part for part in (name, _arguments(step.inputs.get("arguments"))) if part)
    found = {"done": (Mark.DONE, "found"), "not_found": (Mark.FAILED, "not found")}
    mark, came = found.get(step.outcome, (Mark.FAILED, "could not be looked up"))
    return mark, f"{about} {came}"


def _decided(step: Step, playbook: Playbook) -> tuple[Mark, str]:  # noqa: ARG001
    rules = rules_of(step)
    held = sum(each.held for each in rules)
    marks = {"allowed": Mark.DONE, "needs_approval": Mark.WAITS, "needs_confirmation": Mark.WAITS}
    said = {
        "allowed": "allowed",
        "needs_approval": "somebody has to agree",
        "needs_confirmation": "the customer has to say yes",
        "person": "for a person",
        "refused": "not possible",
    }.get(step.outcome, step.outcome)
    count = "the rules could not be asked" if lacks_facts(rules) else f"{held} of {len(rules)} rules hold"
    return marks.get(step.outcome, Mark.FAILED), f"{count}: {said}"


def _filled(step: Step, playbook: Playbook) -> tuple[Mark, str]:
    keys = step.outputs.get("fields")
    labels = [_field(str(key), playbook) for key in keys] if isinstance(keys, list) else []
    return Mark.DONE, f"filled in {', '.join(labels)}" if labels else "filled in fields"


def _asked(step: Step, playbook: Playbook) -> tuple[Mark, str]:
    return Mark.WAITS, f"asked for an approval: {_approval(step.name, playbook)}"


def _agreed(step: Step, playbook: Playbook) -> tuple[Mark, str]:
    if step.outcome == TURNED_DOWN:
        return Mark.FAILED, f"{step.why or 'somebody'} said: not this"
    if "by" in step.outputs:
        return Mark.DONE, f"{step.why or 'somebody'} said: do it"
    return Mark.DONE, f"approved: {_approval(step.name, playbook)}"


def _acted(step: Step, playbook: Playbook) -> tuple[Mark, str]:
    amount = f" {step.amount}" if step.amount is not None else ""
    arguments = step.inputs.get("arguments")
    currency = arguments.get("currency") if isinstance(arguments, Mapping) else None
    what = f"{action_label(step.name, playbook)}{amount}{f' {currency}' if amount and currency else ''}"
    if step.state is StepState.BEGUN:
        return Mark.UNDER_WAY, f"{what}: cannot be reached, tried again" if step.outcome == "unavailable" else what
    if step.outcome == "done":
        return Mark.DONE, what
    return Mark.FAILED, f"{what}: may have been done" if step.outcome == "unknown" else f"{what}: not done"


def _moved(step: Step, playbook: Playbook) -> tuple[Mark, str]:
    labels = (rules.status(step.name).label for rules in playbook.lifecycles.values() if rules.knows(step.name))
    return Mark.DONE, f"now {next(labels, _in_words(step.name))}"


def _told(step: Step, playbook: Playbook) -> tuple[Mark, str]:
    reply = playbook.replies.get(step.name)
    return Mark.DONE, f"told the customer: {reply.label if reply else _in_words(step.name)}"


def _asked_customer(step: Step, playbook: Playbook) -> tuple[Mark, str]:
    if step.name == "confirmation":
        return Mark.WAITS, "asked the customer to say yes to it"
    return Mark.WAITS, f"asked the customer for: {_field(step.name, playbook)}"


def _handed_over(step: Step, playbook: Playbook) -> tuple[Mark, str]:  # noqa: ARG001
    return Mark.FAILED, "left to a person"


_WORDS: Mapping[StepKind, Callable[[Step, Playbook], tuple[Mark, str]]] = {
    StepKind.PROPOSE: _proposed,
    StepKind.LOOK_UP: _looked_up,
    StepKind.DECIDE: _decided,
    StepKind.FILL: _filled,
    StepKind.ASK_APPROVAL: _asked,
    StepKind.AGREED: _agreed,
    StepKind.ACT: _acted,
    StepKind.MOVE: _moved,
    StepKind.TELL: _told,
    StepKind.ASK_CUSTOMER: _asked_customer,
    StepKind.HAND_OVER: _handed_over,
}


def _arguments(said: Json) -> str:
    """The values that something was looked up by."""
    values = said.values() if isinstance(said, Mapping) else ()
    shown = [str(each) for each in values if isinstance(each, str | int | float) and not isinstance(each, bool)]
    return " ".join(each if len(each) <= _LONGEST else f"{each[: _LONGEST - 1]}…" for each in shown[:3])


def _field(key: str, playbook: Playbook) -> str:
    return playbook.fields[key].label if key in playbook.fields else _in_words(key)


def _approval(key: str, playbook: Playbook) -> str:
    return playbook.approvals[key].label if key in playbook.approvals else _in_words(key)


def _without_verb(action: str) -> str:
    return next((action.removeprefix(verb) for verb in _READS if action.startswith(verb)), action)


def _in_words(name: str) -> str:
    return name.replace("_", " ")


def lasted(took: timedelta) -> str:
    """ "4.2 s", "3 min 12 s", "2 h 5 min", "3 d 2 h"."""
    seconds = round(took.total_seconds(), 1)
    for size, name, less, part in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if seconds >= size:
            rest = int(seconds % size // less)
            return f"{int(seconds // size)} {name}" + (f" {rest} {part}" if rest else "")
    return f"{seconds:.1f} s"
