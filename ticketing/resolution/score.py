"""What the AI would have done, held against what people did with the same ticket (SPEC 7.4). Pure.

Only runs that did nothing by themselves are scored: those in the shadow, and suggestions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import median
from typing import Any

from ticketing.playbook.resolving import Recipe
from ticketing.resolution.run import Run
from ticketing.resolution.verdict import Ruling

_WOULD_ACT = frozenset({Ruling.ALLOWED, Ruling.NEEDS_APPROVAL, Ruling.NEEDS_CONFIRMATION})


class Judged(StrEnum):
    """What came of holding one run against its ticket."""

    SAME = "same"
    OTHER_WAY = "other_way"  # people settled it in another way
    OTHER_AMOUNT = "other_amount"  # … in the same way, with another amount
    LEFT = "left"  # the AI would have left it to a person
    OPEN = "open"  # nobody has settled it yet
    NOT_SAID = "not_said"  # it is settled, and nobody filled in how


@dataclass(frozen=True, slots=True)
class Held:
    """One run and its ticket, as people left it. `ruling`: of its newest verdict."""

    run: Run
    ruling: str | None
    fields: Mapping[str, Any]
    is_settled: bool
    is_discarded: bool
    took_people: timedelta | None = None  # from when it was opened


@dataclass(slots=True)
class Score:
    """Of one recipe of one type, at one autonomy."""

    type: str
    recipe: str | None
    autonomy: str
    counts: dict[Judged, int] = field(default_factory=lambda: dict.fromkeys(Judged, 0))
    would_give: Decimal = Decimal(0)  # what the AI would have paid on tickets that are settled
    gave: Decimal = Decimal(0)  # what people paid on the same
    took: list[timedelta] = field(default_factory=list)
    took_people: list[timedelta] = field(default_factory=list)

    @property
    def runs(self) -> int:
        return sum(self.counts.values())

    @property
    def judged(self) -> int:
        return self.counts[Judged.SAME] + self.counts[Judged.OTHER_WAY] + self.counts[Judged.OTHER_AMOUNT]

    @property
    def precision(self) -> float | None:
        """Of those that can be judged, how many were the same, 0 to 1. None: none can be."""
        return self.counts[Judged.SAME] / self.judged if self.judged else None

    @property
    def median_took(self) -> timedelta | None:
        return _middle(self.took)

    @property
    def median_took_people(self) -> timedelta | None:
        return _middle(self.took_people)


def score(held: Iterable[Held], recipes: Mapping[str, Recipe]) -> list[Score]:
    """By type and recipe. `recipes`: of the playbook that is in force."""
    found: dict[tuple[str, str, str], Score] = {}
    for each in held:
        key = (each.run.type, each.run.recipe or "", each.run.autonomy.value)
        kept = found.setdefault(key, Score(each.run.type, each.run.recipe, each.run.autonomy.value))
        _count(kept, each, recipes.get(each.run.recipe or ""))
    return [found[key] for key in sorted(found)]


def judged(held: Held, recipe: Recipe | None) -> Judged:
    """`recipe`: that of the run; None: the playbook has it no more, or the run had none."""
    if held.ruling not in _WOULD_ACT or recipe is None:
        return Judged.LEFT
    if held.is_discarded:
        return Judged.OTHER_WAY  # it was no ticket at all
    if not held.is_settled:
        return Judged.OPEN
    said = [(key, held.fields.get(key), value) for key, value in recipe.sets.items()]
    if said and all(now is None for _, now, _ in said):
        return Judged.NOT_SAID
    if any(now != value for _, now, value in said):
        return Judged.OTHER_WAY
    key = amount_field(recipe)
    paid = number(held.fields.get(key)) if key is not None else held.run.amount
    if not said and paid is None:
        return Judged.NOT_SAID
    return Judged.SAME if paid == held.run.amount else Judged.OTHER_AMOUNT


def amount_field(recipe: Recipe) -> str | None:
    """The field that the recipe fills with what its action costs."""
    return next((key for key, each in recipe.fills.items() if each.source.strip() == "arguments.amount"), None)


def _count(kept: Score, each: Held, recipe: Recipe | None) -> None:
    what = judged(each, recipe)
    kept.counts[what] += 1
    if what not in (Judged.SAME, Judged.OTHER_WAY, Judged.OTHER_AMOUNT):
        return
    key = amount_field(recipe) if recipe is not None else None
    kept.would_give += each.run.amount or 0
    kept.gave += number(each.fields.get(key or "")) or 0
    if each.run.ended_at is not None:
        kept.took.append(each.run.ended_at - each.run.begun_at)
    if each.took_people is not None:
        kept.took_people.append(each.took_people)


def _middle(of: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(each.total_seconds() for each in of)) if of else None


def number(value: object) -> Decimal | None:
    """As a field of the ticket holds it. None: none, or no number."""
    try:
        found = Decimal(value) if isinstance(value, str) else None
    except ArithmeticError:
        return None
    return found if found is not None and found.is_finite() else None
