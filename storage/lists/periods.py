"""Tickets that were created in a period: the fourth way to a page, through an index that has all that is asked of them.

It has the tickets of each week by priority and due date. From each week's priorities the first of those that match are
taken, and the page is made of them: however many there are, and none of them is read but those on the page. What the
index does not have (custom fields, tags, …) is asked in one of the other ways.
"""

from collections.abc import Iterable, Sequence

from storage.database import Rows, Session
from storage.lists.conditions import Arguments, week_of
from storage.lists.orders import RANK, STANDING, WEEK_OF
from storage.lists.ways import Question, lines_of
from ticketing.tickets.listing import Sort, TicketFilter
from ticketing.triage.suggestion import Priority

_WEEK = WEEK_OF.format("t.created_at AT TIME ZONE 'UTC'")  # in the words of the index
_RANKED = (Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW)


def is_covered(asked: Question) -> bool:
    """Whether `sift` can answer."""
    wanted = asked.wanted
    others = (
        wanted.numbers,
        wanted.channels,
        wanted.owners,
        wanted.tags,
        wanted.fields,
        wanted.text.strip(),
        wanted.escalated,
    )
    bounded = wanted.created.since is not None and wanted.created.until is not None
    return bounded and not any(others) and asked.ordering.sort in (Sort.PRIORITY, Sort.DUE)


def parts(wanted: TicketFilter) -> tuple[range, Sequence[int]]:
    """The weeks of a period, and the ranks of the priorities that are asked for: each pair is a part of the index."""
    since, until = wanted.created.since, wanted.created.until
    assert since is not None
    assert until is not None
    ranks = [rank for rank, each in enumerate(_RANKED, 1) if not wanted.priorities or each in wanted.priorities]
    return range(week_of(since), week_of(until) + 1), ranks


async def sift(session: Session, asked: Question) -> Rows:
    """Only for questions that are covered."""
    arguments, ordering = Arguments(), asked.ordering
    weeks, ranks = parts(asked.wanted)
    conditions = " AND ".join(_conditions(asked.wanted, arguments))
    keys = ", ".join(f"{key.sql} AS key_{at}" for at, key in enumerate(ordering.keys))
    named = [f"key_{at}" for at in range(len(ordering.keys))]
    in_part = [key.sql for key in ordering.keys[-2:]]  # due date and number: the rest is the same in all of it
    return await lines_of(
        session,
        asked,
        f"""
        SELECT ticket.id, {", ".join(named)} FROM (
            SELECT part.* FROM unnest({arguments.add(list(weeks), "integer[]")}) AS week (n)
            CROSS JOIN unnest({arguments.add(list(ranks), "integer[]")}) AS rank (n)
            CROSS JOIN LATERAL (
                SELECT t.number, {keys} FROM ticket AS t
                WHERE {STANDING} AND {_WEEK} = week.n AND {RANK} = rank.n
                    AND {conditions} AND {ordering.behind(asked.cursor, arguments)}
                ORDER BY {ordering.by(in_part)} LIMIT {asked.most}
            ) AS part
            ORDER BY {ordering.by(named)} LIMIT {asked.most}
        ) AS t JOIN ticket ON ticket.number = t.number
        """,
        arguments,
    )


def _conditions(wanted: TicketFilter, arguments: Arguments) -> Iterable[str]:
    for column, period in (("created_at", wanted.created), ("due_at", wanted.due)):
        for sign, at in ((">=", period.since), ("<", period.until)):
            if at is not None:
                # Asked in these words, no index of all that was created then can seem better than that of its weeks.
                yield f"t.{column} + interval '0' {sign} {arguments.add(at, 'timestamptz')}"
    words = {
        "type": wanted.types,
        "category": wanted.categories,
        "status": wanted.statuses,
        "status_category": [each.value for each in wanted.stages],
    }
    for column, values in words.items():
        if values:
            yield f"t.{column} = ANY({arguments.add(list(values), 'text[]')})"
    for column, people in (("team_id", wanted.teams), ("assignee_id", wanted.assignees)):
        if people:
            one_of = f"t.{column} = ANY({arguments.add([each for each in people if each is not None], 'uuid[]')})"
            yield f"({one_of} OR t.{column} IS NULL)" if None in people else one_of
