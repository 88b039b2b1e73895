"""What a filter asks, in two forms: facets, which one index knows, and the little that is not one, in SQL.

A facet is a word like "status:open" or "field:region:de"; each ticket has some twenty, kept by PostgreSQL itself in
`ticket.facets` (the function `ticket_facets` of the migrations). Tickets that count nowhere have none.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product

from storage.lists.magnitudes import between
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.tickets.listing import (
    CURRENT,
    LIVE,
    FieldBetween,
    FieldCondition,
    FieldGiven,
    TicketFilter,
)

WEEK = 604_800  # seconds; the buckets that due dates and others are put into, counted since 1970
FIRST_WEEK, LAST_WEEK = 2_600, 3_600  # 2019 and 2038; what is earlier or later is in the outermost bucket
BLOCK = 8_192  # consecutive ticket numbers in one bucket

_MOST_PAIRS = 12  # of two properties at once, looked up as such
_MOST_WEEKS = 120  # a longer period is not looked up week by week
_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")  # values that are facets: options' keys and the like
NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"  # values that are sorted and compared as numbers
_NUMBER = re.compile(NUMBER)
WORD = 100  # characters of a text that `ticket_value` keeps

# By an index that holds just these.
_ESCALATED = (
    "SELECT e.number FROM ticket AS e WHERE e.escalated_at IS NOT NULL AND e.discarded_at IS NULL"
    " AND e.merged_into IS NULL AND e.status_category IN ('open', 'active', 'pending')"
)


class Arguments:
    """The values of a statement that is made for one question."""

    def __init__(self) -> None:
        self.values: list[object] = []

    def add(self, value: object, kind: str) -> str:
        """Its place in the SQL."""
        self.values.append(value)
        return f"${len(self.values)}::{kind}"


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL over `t`, a ticket, with {0}, {1}, … for its values. `among`: where its tickets' numbers can be looked up.

    `spread`: the facets of which its tickets have one, and roughly which share of those with it are its tickets.
    """

    sql: str
    values: tuple[tuple[object, str], ...]  # each with its type
    among: str = ""
    spread: Mapping[str, float] = field(default_factory=dict)

    def write(self, sql: str, arguments: Arguments) -> str:
        """One of the two, with the values that it names among the arguments."""
        named = [f"{{{at}}}" in sql for at in range(len(self.values))]
        places = [arguments.add(*each) if used else "" for each, used in zip(self.values, named, strict=True)]
        return sql.format(*places)


@dataclass(frozen=True, slots=True)
class Conditions:
    """`every` facet, one of each group in `any_of`, and the rest."""

    every: tuple[str, ...]
    any_of: tuple[tuple[str, ...], ...]
    rest: tuple[Condition, ...]
    only_current: bool  # no closed ticket can match


def conditions_of(wanted: TicketFilter) -> Conditions:
    groups, rest = list(_facets(wanted)), list(_rest(wanted))
    for each in _joined(wanted.fields):
        facets, condition = _field(each)
        groups += [facets] if facets else []
        rest += [condition] if condition else []
    return Conditions(
        every=tuple(group[0] for group in groups if len(group) == 1),
        any_of=tuple(group for group in groups if len(group) > 1),
        rest=tuple(rest),
        only_current=bool(wanted.stages) and set(wanted.stages) <= set(CURRENT),
    )


def _joined(asked: Sequence[FieldCondition]) -> Iterable[FieldCondition]:
    """Bounds of the same number are one range: together they may be rare."""
    ranges: dict[str, list[FieldBetween]] = {}
    for each in asked:
        if isinstance(each, FieldBetween) and not isinstance(each.least, date) and not isinstance(each.most, date):
            ranges.setdefault(each.key, []).append(each)
        else:
            yield each
    for key, parts in ranges.items():
        least = [each.least for each in parts if isinstance(each.least, Decimal)]
        most = [each.most for each in parts if isinstance(each.most, Decimal)]
        yield FieldBetween(key, max(least, default=None), min(most, default=None))


def of_numbers(numbers: Sequence[int]) -> Condition:
    """The ticket is one of these."""
    return Condition("t.number = ANY({0})", ((list(numbers), "integer[]"),), "SELECT unnest({0}) AS number")


def _facets(wanted: TicketFilter) -> Iterable[tuple[str, ...]]:
    """Of properties that are often asked together, facets say both at once: few tickets have them, or none."""
    stages, named = set(wanted.stages), dict(_named(wanted))
    prefix = "current-" if stages and stages <= set(CURRENT) else ""
    if not prefix:
        yield from _pair(named, "work", "team", "assignee")
    yield from _pair(named, "kind", "type", "category")
    said = False
    for name, values in named.items():
        before = prefix if name in ("priority", "team", "assignee") else ""
        if before and name == "assignee" and stages == set(LIVE):
            before, said = "live-", True
        said = said or (bool(before) and stages == set(CURRENT))
        yield tuple(f"{before}{name}:{value}" for value in values)
    if not said:
        yield from _stages(wanted.stages)
    for name, period in (("created", wanted.created), ("due", wanted.due)):
        if period.since is not None and period.until is not None:
            weeks = range(week_of(period.since), week_of(period.until) + 1)
            if 0 < len(weeks) <= _MOST_WEEKS:
                yield tuple(f"{name}:{week}" for week in weeks)


def _named(wanted: TicketFilter) -> Iterable[tuple[str, tuple[str, ...]]]:
    asked: dict[str, Sequence[object]] = {
        "status": wanted.statuses,
        "type": wanted.types,
        "category": wanted.categories,
        "channel": wanted.channels,
        "priority": [each.value for each in wanted.priorities],
        "assignee": wanted.assignees,
        "team": wanted.teams,
        "owner": wanted.owners,
        "tag": wanted.tags,
    }
    for name, values in asked.items():
        if values:
            yield name, tuple("" if value is None else str(value) for value in dict.fromkeys(values))


def _pair(named: dict[str, tuple[str, ...]], name: str, first: str, second: str) -> Iterable[tuple[str, ...]]:
    """The facets of two properties together, which are taken out of `named`."""
    if 0 < len(named.get(first, ())) * len(named.get(second, ())) <= _MOST_PAIRS:
        yield tuple(f"{name}:{one}/{other}" for one, other in product(named.pop(first), named.pop(second)))


def _stages(stages: Sequence[StatusCategory]) -> Iterable[tuple[str, ...]]:
    if set(stages) == set(CURRENT):
        yield ("current",)
    elif set(stages) == set(LIVE):
        yield ("live",)
    elif stages:
        yield tuple(f"stage:{stage.value}" for stage in dict.fromkeys(stages))


def _rest(wanted: TicketFilter) -> Iterable[Condition]:
    if wanted.numbers:
        yield of_numbers(wanted.numbers)
    if wanted.escalated:
        yield Condition(f"t.number IN ({_ESCALATED})", (), _ESCALATED)
    for column, period in (("created_at", wanted.created), ("due_at", wanted.due)):
        if period.since is not None:
            yield Condition(f"t.{column} >= {{0}}", ((period.since, "timestamptz"),))
        if period.until is not None:
            yield Condition(f"t.{column} < {{0}}", ((period.until, "timestamptz"),))


def _field(wanted: FieldCondition) -> tuple[tuple[str, ...], Condition | None]:
    """The facets of which a ticket has one, and what they do not tell."""
    has = f"field:{wanted.key}"
    if isinstance(wanted, FieldGiven):
        return ((has,), None) if wanted.given else ((), Condition("NOT t.facets @> ARRAY[{0}]", ((has, "text"),)))
    if isinstance(wanted, FieldBetween):
        return _between(wanted.key, wanted.least, wanted.most)
    values = [str(each).lower() if isinstance(each, bool) else each for each in dict.fromkeys(wanted.any_of)]
    if all(_SYMBOL.fullmatch(each) for each in values):
        return tuple(f"{has}:{each}" for each in values), None
    return (has,), _is(wanted.key, values)


def _is(key: str, values: list[str]) -> Condition:
    amounts = [Decimal(each) if _NUMBER.fullmatch(each) else Decimal(0) for each in values]
    words = ["" if _NUMBER.fullmatch(each) else each[:WORD] for each in values]
    return Condition(
        "t.fields ->> {0} = ANY({1})",
        ((key, "text"), (values, "text[]"), (amounts, "numeric[]"), (words, "text[]")),
        "SELECT v.number FROM unnest({2}, {3}) AS asked (amount, word) JOIN ticket_value AS v"
        " ON v.field = {0} AND v.amount = asked.amount AND v.word = asked.word",
    )


def _between(
    key: str, least: Decimal | date | None, most: Decimal | date | None
) -> tuple[tuple[str, ...], Condition | None]:
    bounds = [(sign, bound) for sign, bound in ((">=", least), ("<=", most)) if bound is not None]
    if not bounds:
        return (f"field:{key}",), None
    numbers = isinstance(bounds[0][1], Decimal)
    spread = {}
    if not isinstance(least, date) and not isinstance(most, date):
        spread = {f"field:{key}~{name}": share for name, share in between(least, most).items()}
    here = (
        f"CASE WHEN t.fields ->> {{0}} ~ '{NUMBER}' THEN (t.fields ->> {{0}})::numeric END"
        if numbers
        else ('(t.fields ->> {0}) COLLATE "C"')
    )
    there, other = ("v.amount", "v.word = ''") if numbers else ("v.word", "v.amount = 0 AND v.word <> ''")
    kind = "numeric" if numbers else "text"
    values = [(bound if numbers else str(bound), kind) for _, bound in bounds]
    places = [f"{sign} {{{at}}}" for at, (sign, _) in enumerate(bounds, start=1)]
    condition = Condition(
        " AND ".join(f"{here} {place}" for place in places),
        ((key, "text"), *values),
        f"SELECT v.number FROM ticket_value AS v WHERE v.field = {{0}} AND {other} AND "
        + " AND ".join(f"{there} {place}" for place in places),
        spread,
    )
    return tuple(spread) or (f"field:{key}",), condition


def week_of(instant: datetime) -> int:
    """The bucket that an instant falls into."""
    return min(max(int(instant.astimezone(UTC).timestamp() // WEEK), FIRST_WEEK), LAST_WEEK)
