"""Tickets that were created in a period: the fourth way to a page, through an index that has all that is asked of them.

They lie side by side in it, some ten thousand of a month in a few hundred pages, and none of them is read but those on
the page. What the index does not have (custom fields, tags, …) is asked in one of the other ways.
"""

from collections.abc import Iterable

from storage.database import Rows, Session
from storage.lists.conditions import Arguments
from storage.lists.orders import STANDING
from storage.lists.ways import Question, lines_of
from ticketing.tickets.listing import Sort, TicketFilter


def is_covered(asked: Question) -> bool:
    """Whether `sift` can answer."""
    wanted = asked.wanted
    others = (wanted.numbers, wanted.channels, wanted.owners, wanted.tags, wanted.fields, wanted.text.strip())
    bounded = wanted.created.since is not None and wanted.created.until is not None
    return bounded and not any(others) and asked.ordering.sort in (Sort.PRIORITY, Sort.DUE, Sort.CREATED)


async def sift(session: Session, asked: Question) -> Rows:
    """All tickets of the period, however many: only for questions that are covered."""
    arguments, ordering = Arguments(), asked.ordering
    conditions = " AND ".join(_conditions(asked.wanted, arguments))
    keys = ", ".join(f"{key.sql} AS key_{at}" for at, key in enumerate(ordering.keys))
    named = ", ".join(f"key_{at}" for at in range(len(ordering.keys)))
    # OFFSET 0 keeps what finds the tickets apart from what sorts them: no index of the order can seem better.
    return await lines_of(
        session,
        asked,
        f"""
        SELECT ticket.id, {named} FROM (
            SELECT * FROM (
                SELECT t.number, {keys} FROM ticket AS t
                WHERE {STANDING} AND {conditions} AND {ordering.behind(asked.cursor, arguments)} OFFSET 0
            ) AS t ORDER BY {ordering.by(named.split(", "))} LIMIT {asked.most}
        ) AS t JOIN ticket ON ticket.number = t.number
        """,
        arguments,
    )


def _conditions(wanted: TicketFilter, arguments: Arguments) -> Iterable[str]:
    for column, period in (("created_at", wanted.created), ("due_at", wanted.due)):
        for sign, at in ((">=", period.since), ("<", period.until)):
            if at is not None:
                yield f"t.{column} {sign} {arguments.add(at, 'timestamptz')}"
    words = {
        "type": wanted.types,
        "category": wanted.categories,
        "status": wanted.statuses,
        "status_category": [each.value for each in wanted.stages],
        "priority": [each.value for each in wanted.priorities],
    }
    for column, values in words.items():
        if values:
            yield f"t.{column} = ANY({arguments.add(list(values), 'text[]')})"
    for column, people in (("team_id", wanted.teams), ("assignee_id", wanted.assignees)):
        if people:
            one_of = f"t.{column} = ANY({arguments.add([each for each in people if each is not None], 'uuid[]')})"
            yield f"({one_of} OR t.{column} IS NULL)" if None in people else one_of
