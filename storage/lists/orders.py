"""The orders of lists: their keys in SQL, the buckets to go through in that order, and cursors."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from storage.lists.conditions import BLOCK, FIRST_WEEK, LAST_WEEK, WEEK, Arguments, week_of
from ticketing.tickets.listing import FieldSort, FilterRefused, Order, Period, Sort, TicketFilter

# In the words of the indexes: tickets that count, and those of the views.
STANDING = "t.discarded_at IS NULL AND t.merged_into IS NULL"
CURRENT = f"{STANDING} AND t.status_category <> 'closed'"

RANK = "array_position('{urgent,high,normal,low}'::text[], t.priority)"  # from 1
_DUE = "coalesce(t.due_at, 'infinity'::timestamptz)"
WEEK_OF = f"least(greatest(floor(extract(epoch FROM {{}}) / {WEEK}), {FIRST_WEEK}), {LAST_WEEK})::int"


@dataclass(frozen=True, slots=True)
class Key:
    """One of the things that a list is sorted by."""

    sql: str
    kind: str
    holds: Callable[[str], object]  # raises if a cursor's word is none


def _instant(word: str) -> object:
    if word != "infinity" and datetime.fromisoformat(word).tzinfo is None:
        raise ValueError(word)
    return word


def _amount(word: str) -> object:
    if not (amount := Decimal(word)).is_finite() or abs(amount.adjusted()) > 1000:
        raise ValueError(word)
    return amount


def _number(word: str) -> object:
    if not -(2**31) <= int(word) < 2**31:
        raise ValueError(word)
    return int(word)


_NUMBER = Key("t.number", "integer", _number)
_KEYS = {
    Sort.PRIORITY: (Key(RANK, "integer", _number), Key(_DUE, "timestamptz", _instant), _NUMBER),
    Sort.DUE: (Key(_DUE, "timestamptz", _instant), _NUMBER),
    Sort.CREATED: (Key("t.created_at", "timestamptz", _instant), _NUMBER),
    Sort.UPDATED: (Key("t.updated_at", "timestamptz", _instant), _NUMBER),
}
# Of a custom field: whether it has a value, its number, its words. `v` is its row of `ticket_value`.
_VALUE = (
    Key("(v.number IS {}NULL)::int", "integer", _number),
    Key("coalesce(v.amount, 0)", "numeric", _amount),
    Key("coalesce(v.word, '')", "text", str),
    _NUMBER,
)


def _of_value(*, reverse: bool) -> Sequence[Key]:
    """Those without a value come last in both directions."""
    given, *others = _VALUE
    return (replace(given, sql=given.sql.format("NOT " if reverse else "")), *others)


class Ordering:
    """An order, as SQL over `t`."""

    def __init__(self, order: Order) -> None:
        self.field = order.by.key if isinstance(order.by, FieldSort) else None
        self.sort = order.by if isinstance(order.by, Sort) else None
        self.keys: Sequence[Key] = _KEYS[self.sort] if self.sort else _of_value(reverse=order.reverse)
        newest_first = self.sort in (Sort.CREATED, Sort.UPDATED)
        self.descending = newest_first != order.reverse
        self._name = f"{self.sort or 'field:' + str(self.field)}{' reversed' if order.reverse else ''}"

    def by(self, keys: Sequence[str]) -> str:
        direction = " DESC" if self.descending else ""
        return ", ".join(f"{key}{direction}" for key in keys)

    @property
    def given(self) -> str:
        """The first key of tickets that have a value of the custom field."""
        return "1" if self.descending else "0"

    @property
    def by_keys(self) -> str:
        return self.by([key.sql for key in self.keys])

    def behind(self, cursor: Sequence[str] | None, arguments: Arguments, *, keys: Sequence[str] | None = None) -> str:
        """A condition: what comes after the cursor."""
        if cursor is None:
            return "true"
        places = [f"{arguments.add(word, 'text')}::{key.kind}" for word, key in zip(cursor, self.keys, strict=True)]
        names = keys or [key.sql for key in self.keys]
        return f"({', '.join(names)}) {'<' if self.descending else '>'} ({', '.join(places)})"

    def within(self, wanted: TicketFilter, arguments: Arguments) -> str:
        """A condition in the words of the order's index: the period that the filter asks about."""
        if self.sort not in (Sort.DUE, Sort.CREATED):
            return "true"
        period, column = (wanted.due, _DUE) if self.sort is Sort.DUE else (wanted.created, "t.created_at")
        bounds = ((">=", period.since), ("<", period.until))
        asked = [f"{column} {sign} {arguments.add(at, 'timestamptz')}" for sign, at in bounds if at is not None]
        return " AND ".join(asked) or "true"

    def cursor(self, words: Sequence[object]) -> str:
        """What `read` takes back."""
        said = json.dumps([self._name, *map(str, words)], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")

    def read(self, cursor: str | None) -> Sequence[str] | None:
        """The words of a cursor. Raises FilterRefused: it is none, or of another order."""
        if cursor is None:
            return None
        try:
            said: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            name, *words = [str(each) for each in said]
            for word, key in zip(words, self.keys, strict=True):
                key.holds(word)
        except (ValueError, TypeError, InvalidOperation, OverflowError, RecursionError):
            name, words = "", []
        if name != self._name or any("\0" in word for word in words):
            raise FilterRefused("There is no such page of this list. Begin with its first page.")
        return words

    @property
    def told(self) -> str | None:
        """How the facets begin that the buckets are made of: what a filter asks about them, the buckets know."""
        return {Sort.DUE: "due:", Sort.PRIORITY: "due:", Sort.CREATED: "created:"}.get(self.sort) if self.sort else None

    def buckets(
        self, scope: str, wanted: TicketFilter, cursor: Sequence[str] | None, arguments: Arguments, *, fine: bool
    ) -> str:
        """A query: the facets of each bucket from the cursor on, in this order. A ticket is in exactly one.

        `missing` is of lists by custom fields: whether the tickets of the bucket have no value. `fine`: those without
        a date are too many for one bucket.
        """
        match self.sort:
            case Sort.DUE:
                due, number = cursor or (None, None)
                at = number if due == "infinity" else None
                return self._dues(scope, wanted.due, due, at, arguments, fine=fine)
            case Sort.PRIORITY:
                rank = min(max(int(cursor[0]) - 1, 0), 3) if cursor else 3 if self.descending else 0
                names = _RANKED[rank::-1] if self.descending else _RANKED[rank:]
                inner = self._dues(scope, wanted.due, None, None, arguments, fine=fine)
                return " UNION ALL ".join(
                    f"(SELECT bucket.facets || 'priority:{name}'::text AS facets, missing FROM ({inner}) AS bucket)"
                    for name in names
                )
            case Sort.CREATED | Sort.UPDATED:
                period = wanted.created if self.sort is Sort.CREATED else Period()
                return self._weeks(self.sort.value, scope, period, cursor[0] if cursor else None, arguments)
            case _:
                field = arguments.add(self.field, "text")
                given = f"SELECT ARRAY['field:' || {field}] AS facets, false AS missing"
                at = cursor[-1] if cursor and cursor[0] != self.given else None
                blocks = self._blocks(at, arguments) if fine else _EVERYTHING
                without = f"SELECT facets, true AS missing FROM ({blocks}) AS block"
                return f"({given}) UNION ALL ({without})"

    def _dues(
        self, scope: str, period: Period, due: str | None, number: str | None, arguments: Arguments, *, fine: bool
    ) -> str:
        """By due dates; those without one come last, and are in no period."""
        dated = self._weeks("due", scope, period, due, arguments)
        if period != Period():
            return dated
        undated = _NO_DATE.format(self._blocks(number, arguments) if fine else _EVERYTHING)
        return f"({undated}) UNION ALL ({dated})" if self.descending else f"({dated}) UNION ALL ({undated})"

    def _weeks(self, name: str, scope: str, period: Period, start: str | None, arguments: Arguments) -> str:
        column = _DUE if name == "due" else f"t.{name}_at"
        least, most = (
            f"(SELECT {WEEK_OF.format(column)} FROM ticket AS t WHERE {scope} AND {column} < 'infinity'"
            f" ORDER BY {column}{direction} LIMIT 1)"
            for direction in ("", " DESC")
        )
        if period.since is not None:
            least = f"greatest({least}, {arguments.add(week_of(period.since), 'integer')})"
        if period.until is not None:
            most = f"least({most}, {arguments.add(week_of(period.until), 'integer')})"
        if start is not None:
            week = WEEK_OF.format(f"{arguments.add(start, 'text')}::timestamptz")
            least, most = (least, f"least({most}, {week})") if self.descending else (f"greatest({least}, {week})", most)
        return self._series(name, least, most)

    def _blocks(self, start: str | None, arguments: Arguments) -> str:
        least, most = "0", f"(SELECT max(t.number) FROM ticket AS t WHERE {STANDING}) / {BLOCK}"
        if start is not None:
            block = f"{arguments.add(start, 'text')}::integer / {BLOCK}"
            least, most = (least, f"least({most}, {block})") if self.descending else (block, most)
        return self._series("block", least, most)

    def _series(self, name: str, least: str, most: str) -> str:
        series = f"{most}, {least}, -1" if self.descending else f"{least}, {most}"
        return f"SELECT ARRAY['{name}:' || n] AS facets, NULL::bool AS missing FROM generate_series({series}) AS n"


_EVERYTHING = "SELECT '{}'::text[] AS facets, NULL::bool AS missing"
_NO_DATE = "SELECT facets || 'due:'::text AS facets, missing FROM ({}) AS block"
_RANKED = ("urgent", "high", "normal", "low")
