"""Three of the ways to a page of a list, as `lists.py` describes them, each one statement.

What finds the tickets is kept apart from what sorts them (OFFSET 0, LIMIT): otherwise PostgreSQL, which has to plan
without knowing the values, may take the order's index for what only the facets' index finds quickly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Rows, Session
from storage.lists.conditions import Arguments, Conditions
from storage.lists.lines import COLUMNS, NAMES
from storage.lists.magnitudes import bounds
from storage.lists.orders import CURRENT, STANDING, Ordering
from ticketing.tickets.listing import TicketFilter

FEW = 4_000  # tickets that are gathered without a second thought
FEW_OF_A_TIME = 10_000  # … of those created in a time that was asked for: they lie side by side
_FEW_NAMES = 4  # magnitudes that need not be looked for first

# What is read of a ticket on the way to the page. The rest of the line is fetched for those on it.
_KEYS = "t.id, t.number, t.priority, t.due_at, t.created_at, t.updated_at, t.discarded_at, t.merged_into"
_READ = f"{_KEYS}, t.fields, t.facets"
_LINES = f"SELECT {COLUMNS}, {{words}} FROM found LEFT JOIN ticket AS t ON t.id = found.id {NAMES} ORDER BY {{by}}"


@dataclass(frozen=True, slots=True)
class Question:
    wanted: TicketFilter
    conditions: Conditions
    ordering: Ordering
    cursor: Sequence[str] | None
    most: int  # lines, one more than the page has
    is_rare: bool = False  # hardly any ticket has all that is asked

    @property
    def few(self) -> int:
        return FEW_OF_A_TIME if self.wanted.created.since and self.wanted.created.until else FEW

    @property
    def scope(self) -> str:
        return CURRENT if self.conditions.only_current else STANDING


async def gather(session: Session, asked: Question, numbers: list[int] | None = None) -> Rows | None:
    """None: there are too many. `numbers`: those that are known to be few, and to contain them all."""
    arguments = Arguments()
    if numbers is None:
        of, rest = facets_in(asked.conditions, arguments), rest_in(asked.conditions, arguments)
    else:
        of = f"t.number = ANY({arguments.add(numbers, 'integer[]')})"
        rest = f"{facets_in(asked.conditions, arguments)} AND {rest_in(asked.conditions, arguments)}"
    nothing = ", ".join("NULL" for _ in asked.ordering.keys)
    # Keeping what is not needed would cost more than finding it.
    needs = rest + ("t.facets" if numbers is not None else "")
    columns = ", ".join([_KEYS, *(each for each in ("t.fields", "t.facets") if each in needs)])
    few = f"few AS MATERIALIZED (SELECT {columns} FROM ticket AS t WHERE {of} LIMIT {asked.few + 1}),"
    rows = await lines_of(
        session,
        asked,
        f"""
        (SELECT t.id, {_keys(asked)} FROM few AS t {_value(asked, arguments)}
        WHERE (SELECT count(*) FROM few) <= {asked.few} AND {STANDING} AND {rest}
            AND {asked.ordering.behind(asked.cursor, arguments)}
        ORDER BY {asked.ordering.by_keys} LIMIT {asked.most})
        UNION ALL SELECT NULL, {nothing} WHERE (SELECT count(*) FROM few) > {asked.few}
        """,
        arguments,
        few,
    )
    return _unless_cut(rows)


async def walk(session: Session, asked: Question, *, bound: int = 2_000) -> Rows | None:
    """None: it was given up, for there is more to look at than `bound` tickets, and too few were found."""
    arguments, ordering = Arguments(), asked.ordering
    if ordering.field is None:
        source, scope, names = "ticket AS t", asked.scope, [key.sql for key in ordering.keys]
    else:
        source = "ticket_value AS v JOIN ticket AS t ON t.number = v.number"
        scope, names = (
            f"v.field = {arguments.add(ordering.field, 'text')}",
            [ordering.given, "v.amount", "v.word", "v.number"],
        )
    behind = ordering.behind(asked.cursor, arguments, keys=names)
    within = ordering.within(asked.wanted, arguments)
    keys = [f"key_{at}" for at in range(len(names))]
    sorted_by = keys if ordering.field is None else keys[1:]  # PostgreSQL would sort again for a constant
    # Where the walk would have to go on, it says so itself: a line without a ticket.
    rows = await lines_of(
        session,
        asked,
        f"""
        SELECT CASE WHEN walked < {bound} THEN t.id END AS id, {", ".join(keys)} FROM (
            SELECT *, row_number() OVER () AS walked FROM (
                SELECT {_READ}, {", ".join(f"{name} AS {key}" for name, key in zip(names, keys, strict=True))}
                FROM {source} WHERE {scope} AND {within} AND {behind} ORDER BY {ordering.by(sorted_by)} LIMIT {bound}
            ) AS t ORDER BY {ordering.by(sorted_by)}
        ) AS t
        WHERE walked = {bound}
            OR ({STANDING} AND {facets_in(asked.conditions, arguments)} AND {rest_in(asked.conditions, arguments)})
        ORDER BY {ordering.by(sorted_by)} LIMIT {asked.most}
        """,
        arguments,
    )
    # Along a custom field only those that have it are met.
    return _unless_cut(rows) if ordering.field is None or len(rows.all()) == asked.most else None


async def step(session: Session, asked: Question) -> Rows:
    arguments, ordering = Arguments(), asked.ordering
    buckets = ordering.buckets(asked.scope, asked.wanted, asked.cursor, arguments, fine=not asked.is_rare)
    every = arguments.add(list(asked.conditions.every), "text[]")
    any_of = _any_of(asked.conditions, arguments, ordering.told)
    missing = "" if ordering.field is None else "AND (v.number IS NULL) = bucket.missing"
    # The buckets come in the list's order and a nested loop keeps it: the outer LIMIT ends it with the last line.
    # OFFSET 0 keeps what finds the tickets apart from what sorts them, so that no other index can seem better.
    return await lines_of(
        session,
        asked,
        f"""
        SELECT t.* FROM ({buckets}) AS bucket CROSS JOIN LATERAL (
            SELECT t.id, {_keys(asked)} FROM (
                SELECT {_READ} FROM ticket AS t
                WHERE t.facets @> ({every} || bucket.facets) AND {any_of} OFFSET 0
            ) AS t {_value(asked, arguments)}
            WHERE {STANDING} AND {rest_in(asked.conditions, arguments)}
                AND {ordering.behind(asked.cursor, arguments)} {missing}
            ORDER BY {ordering.by_keys} LIMIT {asked.most}
        ) AS t LIMIT {asked.most}
        """,
        arguments,
    )


async def lines_of(session: Session, asked: Question, found: str, arguments: Arguments, before: str = "") -> Rows:
    """The lines of the tickets that a query finds with their keys. `before`: of what it is made."""
    keys = [f"found.key_{at}" for at in range(len(asked.ordering.keys))]
    words = ", ".join(f"{key}::text AS word_{at}" for at, key in enumerate(keys))
    lines = _LINES.format(words=words, by=asked.ordering.by(keys))
    return await session.ask(f"WITH {before} found AS MATERIALIZED ({found}) {lines}", *arguments.values)


def _unless_cut(rows: Rows) -> Rows | None:
    return None if any(row.id is None for row in rows) else rows


def _keys(asked: Question) -> str:
    return ", ".join(f"{key.sql} AS key_{at}" for at, key in enumerate(asked.ordering.keys))


def _value(asked: Question, arguments: Arguments) -> str:
    if (field := asked.ordering.field) is None:
        return ""
    return f"LEFT JOIN ticket_value AS v ON v.number = t.number AND v.field = {arguments.add(field, 'text')}"


def facets_in(conditions: Conditions, arguments: Arguments) -> str:
    every = f"t.facets @> {arguments.add(list(conditions.every), 'text[]')}" if conditions.every else "true"
    return f"{every} AND {_any_of(conditions, arguments)}"


def _any_of(conditions: Conditions, arguments: Arguments, but: str | None = None) -> str:
    """`but`: how the facets begin that are looked for otherwise."""
    groups = [group for group in conditions.any_of if but is None or not group[0].startswith(but)]
    ranges = {tuple(each.spread): str(each.values[0][0]) for each in conditions.rest if each.spread}
    names = [_names(group, ranges.get(group), arguments) for group in groups]
    return " AND ".join(f"t.facets && {each}" for each in names) or "true"


def _names(group: Sequence[str], field: str | None, arguments: Arguments) -> str:
    """The facets of a group; of a range, only those that are there, for PostgreSQL compares with each of them."""
    names = arguments.add(list(group), "text[]")
    if field is None or len(group) <= _FEW_NAMES:
        return names
    ends = [bounds(name.rpartition("~")[2]) for name in group]
    firsts, befores = (arguments.add([each[at] for each in ends], "text[]") for at in (0, 1))
    return f"""(
        SELECT array_agg(asked.name)
        FROM unnest({names}, {firsts}::numeric[], {befores}::numeric[]) AS asked (name, first, before),
            LATERAL (
                SELECT FROM ticket_value AS v WHERE v.field = {arguments.add(field, "text")}
                    AND v.amount >= asked.first AND v.amount < asked.before LIMIT 1
            ) AS there
    )"""


def rest_in(conditions: Conditions, arguments: Arguments) -> str:
    return " AND ".join(each.write(each.sql, arguments) for each in conditions.rest) or "true"
