"""Finding tickets by the words of their texts. The newest texts are looked at first, and no more of them than needed.

Each index of words also holds the week of each text, as a word of its own. A word in hardly any text is looked up as it
is; any other together with the newest week, then with some weeks before it, until there are enough: a word in every
twentieth of five million messages is as quickly found as one in fifty of them (docs/lists.md).
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from storage.database import Database, Row, Session
from storage.lists.conditions import Arguments, week_of
from storage.lists.estimates import EstimatesOf
from storage.lists.lines import COLUMNS, NAMES, line
from storage.lists.orders import STANDING
from ticketing.tickets.listing import PAGE
from ticketing.tickets.search import Found, Manner, Query, Where, read_query, snippet

_FEW = 1_500  # messages that are looked at without a second thought
_HITS = 4  # texts looked at for each ticket that is wanted: several may be of one ticket
_WINDOWS = (1, 4, 16, 64)  # weeks, each after those before it

# Of each kind of text: where it is, its words as its index has them, and its instant.
_KINDS = {
    Where.TICKET: ("ticket", "searchable(subject, created_at)", "created_at"),
    Where.MESSAGE: ("message", "searchable(text, at)", "at"),
    Where.COMMENT: ("comment", "searchable(text, at)", "at"),
}
_TICKETS = f"""
    SELECT t.number, hit.kind, hit.id, hit.at FROM (
        SELECT id AS ticket_id, kind, id, at FROM hit WHERE kind = 'ticket'
        UNION ALL SELECT room_entry.ticket_id, kind, hit.id, hit.at FROM hit
            JOIN room_entry ON room_entry.message_id = hit.id AND room_entry.moved_to IS NULL WHERE kind = 'message'
        UNION ALL SELECT comment.ticket_id, kind, hit.id, hit.at FROM hit JOIN comment ON comment.id = hit.id
            WHERE kind = 'comment' AND comment.deleted_at IS NULL
    ) AS hit JOIN ticket AS t ON t.id = hit.ticket_id WHERE {STANDING} ORDER BY hit.at DESC, t.number DESC
"""
_LINES = f"""
    SELECT {COLUMNS}, CASE hit.kind
        WHEN 'message' THEN (SELECT text FROM message WHERE message.id = hit.id)
        WHEN 'comment' THEN (SELECT text FROM comment WHERE comment.id = hit.id)
        ELSE t.subject END AS said
    FROM unnest($1::integer[], $2::text[], $3::uuid[]) AS hit (number, kind, id)
        JOIN ticket AS t ON t.number = hit.number {NAMES}
"""
_WORDS = "SELECT tsvector_to_array(to_tsvector('simple'::regconfig, plain_words($1::text))) AS words"
_BY_NUMBER = (
    f"SELECT t.number, 'number' AS kind, t.id, t.created_at AS at FROM ticket AS t WHERE t.number = $1 AND {STANDING}"
)


class SqlTicketSearch:
    """The storage side of `TicketSearch`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._messages = EstimatesOf("searchable", "ix_message_words")

    async def search(self, said: str, *, most: int = PAGE) -> Sequence[Found]:
        query = read_query(said)
        async with self._database.single() as session:
            hits = await self.hits(session, query, most)
            kinds, ids = [hit.kind for hit in hits], [hit.id for hit in hits]
            rows = await session.ask(_LINES, [hit.number for hit in hits], kinds, ids)
            lines = {row.number: row for row in rows if row.said is not None}
        return [
            Found(line(row), Where(hit.kind), hit.at, snippet(row.said, query))
            for hit in hits
            if (row := lines.get(hit.number)) is not None
        ]

    async def hits(self, session: Session, query: Query, most: int) -> Sequence[Row]:
        """Tickets by number, each with the newest text that was found: first the one whose number was typed."""
        found: dict[int, Row] = {}
        if query.number is not None:
            found = {row.number: row for row in await session.ask(_BY_NUMBER, query.number)}
        if not query.terms:
            return list(found.values())[:most]
        windows = [None] if await self._is_rare(session, query) else _windows()
        for weeks in windows:
            for row in await _hits(session, query, weeks, most * _HITS):
                found.setdefault(row.number, row)
            if len(found) >= most:
                break
        return list(found.values())[:most]

    async def _is_rare(self, session: Session, query: Query) -> bool:
        """Whether so few messages have all the terms that all of them can be looked at."""
        if any(term.manner is Manner.BEGINNING for term in query.terms):
            return False
        estimates = await self._messages.now(session)
        words: Sequence[str] = [term.text.lower() for term in query.terms]
        if not all(word.isalnum() for word in words):  # PostgreSQL knows where words end
            words = (await session.ask(_WORDS, " ".join(words))).one().words
        rarest = min((estimates.share(word) for word in words), default=0)
        return estimates.known and rarest * estimates.rows <= _FEW


async def newest_hits(session: Session, query: Query, most: int) -> Sequence[Row]:
    """As `SqlTicketSearch.hits`, for whoever has no estimates: the newest weeks first, whatever is looked for."""
    found: dict[int, Row] = {}
    if query.number is not None:
        found = {row.number: row for row in await session.ask(_BY_NUMBER, query.number)}
    for weeks in _windows() if query.terms else ():
        for row in await _hits(session, query, weeks, most * _HITS):
            found.setdefault(row.number, row)
        if len(found) >= most:
            break
    return list(found.values())[:most]


def _windows() -> Sequence[range | None]:
    """Weeks, the newest first; at last, all of time."""
    newest = week_of(datetime.fromtimestamp(time.time(), UTC)) + 1  # somebody's clock may be ahead of ours
    windows: list[range | None] = []
    for weeks in _WINDOWS:
        windows.append(range(newest - weeks, newest + 1))
        newest -= weeks + 1
    return [*windows, None]


async def _hits(session: Session, query: Query, weeks: range | None, limit: int) -> Sequence[Row]:
    arguments = Arguments()
    asked = _tsquery(query, arguments)
    if weeks is not None:
        asked += f" && {arguments.add('|'.join(repr(f'~{week}') for week in weeks), 'text')}::tsquery"
    # OFFSET 0: the newest of what the index of words finds, not what an index by time passes on its way.
    kinds = " UNION ALL ".join(
        f"(SELECT '{kind}' AS kind, id, {at} AS at FROM ("
        f"SELECT id, {at} FROM {table}, asked WHERE {words} @@ asked.words OFFSET 0) AS text"
        f" ORDER BY {at} DESC LIMIT {limit})"
        for kind, (table, words, at) in _KINDS.items()
    )
    sql = f"WITH asked AS MATERIALIZED (SELECT {asked} AS words), hit AS MATERIALIZED ({kinds}) {_TICKETS}"
    return (await session.ask(sql, *arguments.values)).all()


def _tsquery(query: Query, arguments: Arguments) -> str:
    """Nothing of what was typed is read as an operator: PostgreSQL gets words only (its function `plain_words`)."""
    terms = []
    for term in query.terms:
        words = f"plain_words({arguments.add(term.text, 'text')})"
        if term.manner is Manner.BEGINNING:
            terms.append(f"to_tsquery('simple'::regconfig, '''' || {words} || ''':*')")
        else:
            terms.append(f"phraseto_tsquery('simple'::regconfig, {words})")
    return " && ".join(terms)
