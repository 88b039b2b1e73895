"""Measures a brain on labelled messages: accuracy, precision and recall, confusion, calibration, latency.

Reads JSON lines with `text` and any of `ticket_worthy` (true, false; null is skipped), `intent`, `category`,
`sentiment` (our four labels, or positive, neutral, negative). Other keys are ignored; each line is judged by itself.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ai.evaluation_report import ClassScore, LabelReport, Report
from ai.offline.calibration import expected_calibration_error, reliability
from core.errors import Untrusted
from core.ids import new_id
from ticketing.playbook.shipped import PLAYBOOK
from ticketing.triage.check import SuggestionUnreadable, check
from ticketing.triage.suggestion import Burst, BurstMessage, Sentiment, Suggestion, Triager, Vocabulary

__all__ = ["Case", "CasesUnreadable", "ClassScore", "LabelReport", "Report", "evaluate", "load_cases"]

LABELS = ("ticket_worthy", "intent", "category", "sentiment")
NONE = "none"  # what a brain answers when it names no issue
_THREE = {
    Sentiment.SATISFIED: "positive",
    Sentiment.NEUTRAL: "neutral",
    Sentiment.FRUSTRATED: "negative",
    Sentiment.UPSET: "negative",
}
_OF_THREE = frozenset({"positive", "negative"})


class CasesUnreadable(Untrusted):
    """The file of cases is not what it should be. Names the line."""


@dataclass(frozen=True, slots=True)
class Case:
    """One message with what it should be understood as. None: not labelled."""

    text: str
    ticket_worthy: bool | None = None
    intent: str | None = None
    category: str | None = None
    sentiment: str | None = None


def load_cases(path: Path) -> list[Case]:
    """Read a JSONL file. Raises CasesUnreadable naming the first bad line, OSError if there is no such file."""
    cases = []
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if raw.strip():
                cases.append(_case(raw, f"{path.name}, line {number}"))
    if not cases:
        raise CasesUnreadable(f"{path.name} holds no cases: expected one JSON object a line, with `text` and labels")
    return cases


async def evaluate(cases: Sequence[Case], brain: Triager, *, vocabulary: Vocabulary = PLAYBOOK.vocabulary) -> Report:
    """Ask the brain about every case, one after the other. An answer that breaks the contract counts as wrong.

    Raises what the brain raises when it cannot be reached.
    """
    answers: list[Suggestion | None] = []
    latencies = []
    for case in cases:
        burst = Burst((BurstMessage(new_id(), case.text, datetime.now(UTC)),))
        started = time.perf_counter()
        answers.append(await _asked(brain, burst, vocabulary))
        latencies.append((time.perf_counter() - started) * 1000)
    pairs = list(zip(cases, answers, strict=True))
    reports = {label: report for label in LABELS if (report := _label_report(label, pairs)) is not None}
    p50, p95 = (float(np.percentile(latencies, part)) if latencies else 0.0 for part in (50, 95))
    return Report(reports, p50, p95)


async def _asked(brain: Triager, burst: Burst, vocabulary: Vocabulary) -> Suggestion | None:
    try:
        return check(await brain.triage(burst, vocabulary), burst, vocabulary)
    except SuggestionUnreadable:
        return None


def _case(raw: bytes, where: str) -> Case:
    try:
        found = json.loads(raw)
    except ValueError as error:
        raise CasesUnreadable(f"{where}: not JSON ({error})") from error
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        raise CasesUnreadable(f"{where}: expected an object with a string `text`")
    worthy = found.get("ticket_worthy")
    if worthy is not None and not isinstance(worthy, bool):
        raise CasesUnreadable(f"{where}: `ticket_worthy` is true, false or null, not {worthy!r}")
    others = {label: found.get(label) for label in LABELS[1:]}
    for label, value in others.items():
        if value is not None and not isinstance(value, str):
            raise CasesUnreadable(f"{where}: `{label}` is a string, not {value!r}")
    return Case(found["text"], worthy, others["intent"], others["category"], others["sentiment"])


def _label_report(label: str, pairs: Sequence[tuple[Case, Suggestion | None]]) -> LabelReport | None:
    labelled = [(value, answer) for case, answer in pairs if (value := getattr(case, label)) is not None]
    if not labelled:
        return None
    # A file speaks of three sentiments as soon as one of its labels is only in that scale.
    three = label == "sentiment" and any(value in _OF_THREE for value, _ in labelled)
    expected = [_name(value) for value, _ in labelled]
    given = [_answer(label, answer, three=three) for _, answer in labelled]
    if three:
        expected = [_THREE[Sentiment(name)] if name in set(Sentiment) else name for name in expected]
    answered = [name for name, _ in given]
    confidences = np.asarray([confidence for _, confidence in given])
    correct = np.asarray([one == two for one, two in zip(expected, answered, strict=True)])
    # A category has no confidence of its own: an issue tells how sure it is of the intent.
    bins = () if label == "category" else reliability(confidences, correct)
    scores = _scores(expected, answered)
    return LabelReport(
        n=len(expected),
        accuracy=float(correct.mean()),
        macro_f1=sum(score.f1 for score in scores.values()) / len(scores),
        per_class=scores,
        confusion=_confusion(expected, answered),
        calibration=bins,
        ece=expected_calibration_error(bins),
    )


def _answer(label: str, answer: Suggestion | None, *, three: bool) -> tuple[str, float]:
    """What the brain said of a label, and how sure it was."""
    if answer is None:
        return NONE, 0.0
    if label == "ticket_worthy":
        return _name(answer.ticket_worthy), answer.confidence
    if label == "sentiment":
        return (_THREE[answer.sentiment] if three else str(answer.sentiment)), answer.sentiment_confidence
    if not answer.issues:
        return NONE, answer.confidence
    issue = answer.issues[0]
    return (issue.intent if label == "intent" else issue.category), issue.confidence


def _name(value: bool | str) -> str:
    return str(value).lower() if isinstance(value, bool) else value


def _scores(expected: Sequence[str], answered: Sequence[str]) -> dict[str, ClassScore]:
    """Of every class that was expected at least once; an answer outside them lowers the recall of what it should be."""
    found = {}
    for name in sorted(set(expected)):
        right = sum(one == two == name for one, two in zip(expected, answered, strict=True))
        support, said = expected.count(name), answered.count(name)
        precision, recall = (right / said if said else 0.0), right / support
        f1 = 2 * precision * recall / (precision + recall) if right else 0.0
        found[name] = ClassScore(precision, recall, f1, support)
    return found


def _confusion(expected: Sequence[str], answered: Sequence[str]) -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {name: {} for name in sorted(set(expected))}
    for one, two in zip(expected, answered, strict=True):
        table[one][two] = table[one].get(two, 0) + 1
    return table
