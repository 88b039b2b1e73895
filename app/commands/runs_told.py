"""What `threadline runs` says of runs and of their scores, in words."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from storage.queries.run_lists import RunStory
from ticketing.resolution.run import StepKind
from ticketing.resolution.score import Judged, Score
from ticketing.resolution.shown import ShownRun
from ticketing.resolution.shown_steps import ShownStep, lasted
from ticketing.resolution.verdict import RuleSaid, telling

_NOTICED = timedelta(milliseconds=100)
_APART = {
    Judged.OTHER_WAY: "settled in another way",
    Judged.OTHER_AMOUNT: "with another amount",
    Judged.NOT_SAID: "settled, and nobody filled in how",
    Judged.LEFT: "left to people",
    Judged.OPEN: "not settled yet",
}


def score_lines(each: Score) -> Iterator[str]:
    """One recipe of one type."""
    judged = f"{each.counts[Judged.SAME]} of {each.judged} as people did ({each.precision:.0%})" if each.judged else ""
    yield f"{each.type}, {each.recipe or 'no recipe'} ({each.autonomy}): {judged or 'nothing to judge yet'}"
    numbers = [f"{words} {number}" for what, words in _APART.items() if (number := each.counts[what])]
    if numbers:
        yield f"    {'; '.join(numbers)}"
    took, people = each.median_took, each.median_took_people
    if each.judged:
        yield f"    the AI would have given {each.would_give}, people gave {each.gave}"
    if took is not None and people is not None:
        yield f"    the AI took {lasted(took)}, people {lasted(people)} (the middle one of each)"


def as_data(each: Score) -> dict[str, object]:
    took, people = each.median_took, each.median_took_people
    return {
        "type": each.type,
        "recipe": each.recipe,
        "autonomy": each.autonomy,
        "runs": each.runs,
        **{what.value: number for what, number in each.counts.items()},
        "judged": each.judged,
        "precision": each.precision,
        "would_give": str(each.would_give),
        "gave": str(each.gave),
        "median_seconds": took.total_seconds() if took is not None else None,
        "median_seconds_of_people": people.total_seconds() if people is not None else None,
    }


def lines_of(told: RunStory) -> Iterator[str]:
    """A newcomer reads this from the top, and knows what happened and why."""
    run = told.run
    yield f"Run {run.id} over ticket #{told.ticket} ({told.type}): {told.subject}"
    yield f"{_what(run)}: {_stands(run)}"
    autonomy = run.autonomy.value.replace("_", " ")
    yield f"Autonomy: {autonomy}; decided by playbook version {told.playbook}"
    if run.why_autonomy:
        yield f"    {run.why_autonomy}  (threadline autonomy {told.type})"
    if run.agreed_by is not None:
        yield f"{run.agreed_by} said: do it"
    if run.approval is not None:
        yield f"Waits for: {run.approval}, by {run.who or 'nobody any more'}"
        yield f"    threadline approvals show {run.approval_id}"
    if run.asked_for is not None:
        yield f"Waits for the customer: {run.asked_for}"
    yield f"Began {run.begun_at:%Y-%m-%d %H:%M:%S} UTC"
    for step in run.steps:
        yield from step_lines(step, run.begun_at)
    for head, facts in (("What the rules looked at:", run.facts), ("Also known:", run.other_facts)):
        if facts:
            yield head
            yield from (f"    {label}: {value}" for label, value in facts)
    if run.why:
        yield f"In the end: {run.why}" if not run.is_open else f"Now: {run.why}"


def step_lines(step: ShownStep, began: datetime) -> Iterator[str]:
    """When it was since the run began, and what; below that the rules that it asked."""
    took = f"  ({lasted(step.took)})" if step.took is not None and step.took >= _NOTICED else ""
    yield f"{_since(step.at - began):>9}  {step.mark.value} {step.words}{took}"
    aside = " " * 13
    yield from (f"{aside}{line}" for line in _rule_lines(step.rules))
    if step.why and not any(each.because == step.why for each in step.rules):
        yield f"{aside}{step.why}"
    if step.key is not None and step.kind is StepKind.ACT:
        yield f"{aside}known to the other side as {step.key}"


def _rule_lines(rules: Sequence[RuleSaid]) -> Iterator[str]:
    """A rule's words say why it is not allowed: of one that holds the name tells more."""
    shown = telling(rules)
    for each in shown:
        if not each.held:  # what is built in has no name that would say more
            yield f"✗ {each.because}" if each.rule.startswith("always.") else f"✗ {each.rule}: {each.because}"
    if more := len(rules) - len(shown):
        yield f"… and {more} more, which nobody can ask without it"
    if held := [each.rule for each in shown if each.held]:
        yield f"✓ {', '.join(held)}"


def _what(run: ShownRun) -> str:
    return " ".join(
        part
        for part in (run.what or ("Nothing decided yet" if run.is_open else "Nothing was decided"), run.amount)
        if part
    )


def _stands(run: ShownRun) -> str:
    """ "done in 4.2 s", "handed over in 3 min, not done", "waiting for approval"."""
    state, came = run.state.value.replace("_", " "), run.came_of_it if run.what else ""
    return f"{state}{_took(run)}" if came in ("", state) else f"{state}{_took(run)}, {came}"


def _took(run: ShownRun) -> str:
    return f" in {lasted(run.took)}" if run.took is not None else ""


def _since(passed: timedelta) -> str:
    return f"+{lasted(passed)}"
