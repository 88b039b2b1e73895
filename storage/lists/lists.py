"""Lists of tickets. Four ways lead to a page, and none reads more than it must (docs/lists.md has the figures):

- *gather*: all matching tickets by their rarest property, then sort. For few.
- *walk*: along the order's own index, leaving out what does not match. For filters that many tickets pass.
- *step*: bucket by bucket in the list's order (a week of due dates, a block of numbers), gathering in each. For what
  is neither: many tickets have each of the properties, few have all, or those that have all stand far down the list.
- *sift*: through the weeks of a period in which tickets were created, each by priority and due date, in an index that
  has what is asked of them.

A walk that has found too few for its length ends, and another way is gone instead: no guess can cost much.
"""

from collections.abc import Sequence
from dataclasses import replace

from storage.database import Database, Rows, Session
from storage.lists.choice import Choice, together
from storage.lists.conditions import Arguments, Condition, Conditions, conditions_of, of_numbers
from storage.lists.estimates import Estimates, EstimatesOf
from storage.lists.lines import line
from storage.lists.orders import STANDING, Ordering
from storage.lists.search import SqlTicketSearch
from storage.lists.ways import FEW, Question, facets_in, gather, rest_in, step
from ticketing.tickets.listing import (
    BY_PRIORITY,
    MOST,
    MOST_BY_TEXT,
    PAGE,
    Dimension,
    FilterRefused,
    Group,
    Order,
    Page,
    TicketFilter,
)
from ticketing.tickets.search import read_query

_MANY = 20_000  # that are counted
_FEW_SUMMED = 0.1  # the share of tickets whose amounts are looked up one by one

# The column that tickets are grouped by, and the name of a group.
_DIMENSIONS = {
    Dimension.TYPE: ("t.type", "value"),
    Dimension.CATEGORY: ("t.category", "value"),
    Dimension.STATUS: ("t.status", "value"),
    Dimension.STAGE: ("t.status_category", "value"),
    Dimension.PRIORITY: ("t.priority", "value"),
    Dimension.CHANNEL: ("t.channel", "value"),
    Dimension.TEAM: ("t.team_id", "(SELECT name FROM team WHERE team.id = value)"),
    Dimension.ASSIGNEE: ("t.assignee_id", "(SELECT name FROM person WHERE person.id = value)"),
}


class SqlTicketLists:
    """The storage side of `TicketLists`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._facets = EstimatesOf("facets", "ticket")
        self._search = SqlTicketSearch(database)

    async def page(
        self, wanted: TicketFilter, *, order: Order = BY_PRIORITY, after: str | None = None, most: int = PAGE
    ) -> Page:
        """Raises FilterRefused."""
        if not 0 < most <= MOST:
            raise FilterRefused(f"A page has from 1 to {MOST} tickets.")
        ordering = Ordering(order)
        cursor = ordering.read(after)
        async with self._database.single() as session:
            conditions = await self._conditions(session, wanted)
            asked = Question(wanted, conditions, ordering, cursor, most + 1)
            rows = (await _find(session, asked, await self._facets.now(session))).all()
        words = [rows[most - 1][f"word_{at}"] for at in range(len(ordering.keys))] if len(rows) > most else None
        return Page(tuple(line(row) for row in rows[:most]), ordering.cursor(words) if words is not None else None)

    async def grouped(self, wanted: TicketFilter, *, by: Dimension, field: str | None = None) -> Sequence[Group]:
        """The groups, the largest first; `field`: the custom field that is summed."""
        async with self._database.single() as session:
            conditions, arguments = await self._conditions(session, wanted), Arguments()
            amounts = ""
            if field is not None:
                of = f"v.number = t.number AND v.word = '' AND v.field = {arguments.add(field, 'text')}"
                estimates = await self._facets.now(session)
                # One by one, or all at once: PostgreSQL, which does not know what is asked, would always read them all.
                few = estimates.known and together(conditions, estimates) < _FEW_SUMMED * estimates.rows
                each = f"LATERAL (SELECT v.amount FROM ticket_value AS v WHERE {of} OFFSET 0) AS v ON true"
                amounts = f"LEFT JOIN {each if few else f'ticket_value AS v ON {of}'}"
            amount = "v.amount" if amounts else "NULL::numeric"
            column, name = _DIMENSIONS[by]
            rows = await session.ask(
                f"""
                SELECT {name} AS value, count, sum, average FROM (
                    SELECT {column} AS value, count(*), sum({amount}), avg({amount}) AS average
                    FROM ticket AS t {amounts}
                    WHERE {STANDING} AND {facets_in(conditions, arguments)} AND {rest_in(conditions, arguments)}
                    GROUP BY 1
                ) AS grouped ORDER BY count DESC, value
                """,
                *arguments.values,
            )
            return [Group(row.value, row.count, row.sum, row.average) for row in rows]

    async def _conditions(self, session: Session, wanted: TicketFilter) -> Conditions:
        conditions = conditions_of(wanted)
        if not wanted.text.strip():
            return conditions
        hits = await self._search.hits(session, read_query(wanted.text), MOST_BY_TEXT)
        return replace(conditions, rest=(of_numbers([hit.number for hit in hits]), *conditions.rest))


async def _find(session: Session, asked: Question, estimates: Estimates) -> Rows:
    passing = 1.0
    for condition in asked.conditions.rest:
        if condition.spread and (there := estimates.spread(condition.spread)).rows > FEW:
            passing *= there.share  # too many to be looked up
        elif condition.among:
            count, numbers = await _count(session, condition)
            if count <= FEW:
                found = await gather(session, asked, numbers)
                return found if found is not None else await step(session, asked)
            passing *= count / max(estimates.rows, count)
    if not estimates.known:
        return await step(session, asked)
    choice = Choice(asked, passing, estimates)
    asked = replace(asked, is_rare=choice.is_rare)
    for way in choice.ways():
        if (found := await way(session, asked)) is not None:
            return found
    return await step(session, asked)


async def _count(session: Session, condition: Condition) -> tuple[int, list[int]]:
    """How many tickets a condition is true of, and the first of their numbers. Of many it is not known how many."""
    arguments = Arguments()
    sql = condition.write(condition.among, arguments)
    found = await session.ask(
        f"SELECT count(*), (array_agg(number))[:{FEW}] FROM (SELECT number FROM ({sql}) AS among LIMIT {_MANY}) AS n",
        *arguments.values,
    )
    count, numbers = found.one()
    return count, numbers or []
