"""Measures what a brain proposes for tickets that it may solve: how often it is right, and how it errs.

Reads JSON lines: `messages` (the customer's, oldest first), `right` (the label of a recipe, `ask` or `person`),
`recipes` (label -> action), and if need be `lacks` (fields that no recipe can do without) and `language` (ISO 639-1;
left out, it is English).
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rich.console import Console
from rich.table import Table

from ai.evaluation import CasesUnreadable
from threadline import ActionSpec, Json, Shape, Sort
from ticketing.drafting.draft import Line
from ticketing.resolution.proposal import AskCustomer, Call, Case, OfferedRecipe, Proposal, Proposed
from ticketing.triage.check import SuggestionUnreadable

BUNDLED = Path(__file__).parent / "offline" / "examples" / "proposals.jsonl"
ASK, PERSON = "ask", "person"


class Proposer(Protocol):
    async def propose(self, case: Case) -> Proposed: ...


class Labelled(BaseModel):
    """A ticket of which it is known what should be proposed."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    messages: list[str] = Field(min_length=1)
    right: str
    recipes: dict[str, str] = Field(min_length=1)
    lacks: list[str] = []
    language: str = "en"

    def as_case(self) -> Case:
        recipes = [
            OfferedRecipe(label.casefold(), label, action, {"order": "78932"}, tuple(self.lacks))
            for label, action in self.recipes.items()
        ]
        return Case(
            number=1,
            subject=self.messages[0][:80],
            type="Return",
            category="Damaged",
            language=self.language,
            lines=[Line(text, by_customer=True) for text in self.messages],
            fields={},
            labels={field: field.replace("_", " ").capitalize() for field in self.lacks},
            recipes=recipes,
            actions=[_action(label, action) for label, action in self.recipes.items()],
        )


def _action(label: str, name: str) -> ActionSpec:
    """Nobody calls it."""
    order: dict[str, Json] = {"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]}
    return ActionSpec(
        name=name,
        description=f"{label} for an order.",
        writes=True,
        may=frozenset({"ai"}),
        idempotent=True,
        timeout=10.0,
        approval=None,
        fills={},
        parameters=(),
        result=Shape(Sort.NOTHING),
        parameters_schema=order | {"additionalProperties": False},
    )


@dataclass(frozen=True, slots=True)
class Miss:
    case: Labelled
    proposed: str  # as `right` says it
    because: str


@dataclass(frozen=True, slots=True)
class ProposalReport:
    """`acted`: misses that would have done something that should not be; the others only cost a person's time."""

    cases: int
    misses: tuple[Miss, ...]
    milliseconds: tuple[float, ...]  # in ascending order

    @property
    def right(self) -> int:
        return self.cases - len(self.misses)

    @property
    def acted(self) -> tuple[Miss, ...]:
        return tuple(miss for miss in self.misses if miss.proposed not in {ASK, PERSON})

    def to_json(self) -> dict[str, Any]:
        return {
            "cases": self.cases,
            "right": self.right,
            "wrongly_acted": len(self.acted),
            "p50_ms": self._at(0.5),
            "p95_ms": self._at(0.95),
            "misses": [
                {
                    "messages": miss.case.messages,
                    "right": miss.case.right,
                    "proposed": miss.proposed,
                    "why": miss.because,
                }
                for miss in self.misses
            ],
        }

    def render(self, console: Console) -> None:
        counted = Counter((miss.case.right, miss.proposed) for miss in self.misses)
        console.print(f"{self.right} of {self.cases} right. Would have done what it should not: {len(self.acted)}.")
        console.print(f"p50 {self._at(0.5):.1f} ms, p95 {self._at(0.95):.1f} ms a proposal.")
        if self.misses:
            table = Table("right", "proposed", "times", "for example")
            for (right, proposed), times in counted.most_common():
                first = next(each for each in self.misses if (each.case.right, each.proposed) == (right, proposed))
                table.add_row(right, proposed, str(times), " / ".join(first.case.messages))
            console.print(table, markup=False)

    def _at(self, share: float) -> float:
        return round(self.milliseconds[min(int(share * self.cases), self.cases - 1)], 2)


def load_proposals(path: Path = BUNDLED) -> list[Labelled]:
    """Raises CasesUnreadable naming the first bad line, OSError if there is no such file."""
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            cases.append(_labelled(line, f"{path.name}, line {number}"))
    if not cases:
        raise CasesUnreadable(
            f"{path.name} holds no cases: expected one JSON object a line, with `messages` and `right`"
        )
    return cases


def _labelled(line: str, where: str) -> Labelled:
    try:
        found = Labelled.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise CasesUnreadable(f"{where}: {'.'.join(map(str, first['loc']))} {first['msg']}") from error
    if found.right not in {ASK, PERSON, *found.recipes}:
        raise CasesUnreadable(f"{where}: right is {found.right!r}, and should be a recipe of it, {ASK} or {PERSON}")
    return found


async def evaluate_proposals(cases: Sequence[Labelled], brain: Proposer) -> ProposalReport:
    """One after the other. An answer of no use counts as a person's, as it does in a run."""
    misses, took = [], []
    for case in cases:
        began = time.perf_counter()
        proposed, because = await _proposed(case, brain)
        took.append((time.perf_counter() - began) * 1000)
        if proposed != case.right:
            misses.append(Miss(case, proposed, because))
    return ProposalReport(len(cases), tuple(misses), tuple(sorted(took)))


async def _proposed(case: Labelled, brain: Proposer) -> tuple[str, str]:
    try:
        proposal = (await brain.propose(case.as_case())).proposal
    except SuggestionUnreadable as error:
        return PERSON, error.message
    return _said(proposal, case), proposal.because


def _said(proposal: Proposal, case: Labelled) -> str:
    match proposal:
        case Call(action=action):
            return next((label for label, name in case.recipes.items() if name == action), action)
        case AskCustomer():
            return ASK
    return PERSON
