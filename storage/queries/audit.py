"""The whole record of changes, or a part of it, for whoever audits or exports it: streamed, in the order of `Part`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Text, TextClause, Uuid, bindparam, text

from storage.database import Row, Session
from ticketing.activity import merkle
from ticketing.activity.chain import Head
from ticketing.activity.checkpoint import Checkpoint, Covered, leaf_content
from ticketing.activity.findings import Opened, Part
from ticketing.activity.record import Entry, Stream

_CHECKPOINT = "number, at, previous, size, root, streams, records, left_out, key, digest, signature"
NEWEST = text(f"SELECT {_CHECKPOINT} FROM checkpoint ORDER BY number DESC LIMIT 1")  # noqa: S608 - a constant of ours

# Which streams a part of the record holds, said of a table `here`. Whole streams: half of one proves nothing.
_EVERYTHING, _TICKET = "true", "here.stream_kind = 'ticket' AND here.stream_id = :ticket"
_DURING = """EXISTS (
    SELECT FROM activity AS within WHERE within.stream_kind = here.stream_kind AND within.stream_id = here.stream_id
        AND within.at >= :start AND within.at < :until)"""
_TYPES: dict[str, Any] = {
    "kind": Text,
    "ticket": Uuid,
    "start": DateTime(timezone=True),
    "until": DateTime(timezone=True),
}


def _text(sql: str) -> TextClause:
    return text(sql).bindparams(*(bindparam(name, type_=type_) for name, type_ in _TYPES.items() if f":{name}" in sql))


class _Statements:
    """What is asked of one selection of streams."""

    def __init__(self, which: str) -> None:
        of_kind = f"here.stream_kind = :kind AND {which}"
        checkpoints = f"SELECT {_CHECKPOINT} FROM checkpoint"  # noqa: S608 - constants of ours, here and below
        if which != _EVERYTHING:
            checkpoints += f""" WHERE number = (SELECT max(number) FROM checkpoint)
                OR number IN (SELECT number FROM checkpoint_head AS here WHERE {which})"""  # noqa: S608
        self.checkpoints = _text(f"{checkpoints} ORDER BY number")
        self.count = _text(f"SELECT count(*) FROM activity AS here WHERE {which}")  # noqa: S608
        self.kinds = _text(f"""
            SELECT stream_kind FROM activity_head AS here WHERE {which}
            UNION SELECT stream_kind FROM checkpoint_head AS here WHERE {which}
            UNION SELECT stream_kind FROM activity AS here WHERE {which}
            UNION SELECT 'ticket'
        """)  # noqa: S608
        self.heads = _text(f"""
            SELECT stream_id, seq, hash, pending FROM activity_head AS here WHERE {of_kind} ORDER BY stream_id
        """)  # noqa: S608
        self.covered = _text(f"""
            SELECT stream_id, number, place, seq, hash FROM checkpoint_head AS here
            WHERE {of_kind} ORDER BY stream_id, number
        """)  # noqa: S608
        self.records = _text(f"""
            SELECT stream_id, stream_kind, seq, kind, actor_kind, actor_id, actor_name, at, before, after, previous,
                hash
            FROM activity AS here WHERE {of_kind} ORDER BY stream_id, seq
        """)  # noqa: S608
        # Every ticket has a stream, so one without is missed even if no checkpoint saw it.
        self.tickets = _text(f"""
            SELECT here.stream_id, here.number
            FROM (SELECT id AS stream_id, number, 'ticket' AS stream_kind FROM ticket) AS here
            WHERE {which} ORDER BY here.stream_id
        """)  # noqa: S608


@dataclass(frozen=True, slots=True)
class Selection:
    """Which streams. Whole ones."""

    statements: _Statements
    values: Mapping[str, Any] = field(default_factory=dict)


_ALL, _ONE_TICKET, _CHANGED_DURING = _Statements(_EVERYTHING), _Statements(_TICKET), _Statements(_DURING)
EVERYTHING = Selection(_ALL)


def of_ticket(ticket_id: UUID) -> Selection:
    return Selection(_ONE_TICKET, {"ticket": ticket_id})


def changed_during(start: datetime, until: datetime) -> Selection:
    """Streams with a record from `start` on and before `until`."""
    return Selection(_CHANGED_DURING, {"start": start, "until": until})


async def count(session: Session, selection: Selection = EVERYTHING) -> int:
    """How many records there are."""
    return int((await session.execute(selection.statements.count, selection.values)).scalar())


async def parts(session: Session, selection: Selection = EVERYTHING) -> AsyncIterator[Part]:
    """Everything that an audit needs, but for the paths of covered heads. In one snapshot."""
    ask, values = selection.statements, selection.values
    async for page in session.pages(ask.checkpoints, values):
        for row in page:
            yield from_row(row)
    kinds = sorted(row.stream_kind for row in await session.execute(ask.kinds, values))
    for kind in kinds:
        async for part in _of_kind(session, ask, kind, values):
            yield part


async def _of_kind(session: Session, ask: _Statements, kind: str, values: Mapping[str, Any]) -> AsyncIterator[Part]:
    """Four sorted lists side by side, merged by the streams' ids."""
    values = {**values, "kind": kind}
    heads, covered, records = (_Ahead(session, each, values) for each in (ask.heads, ask.covered, ask.records))
    tickets = _Ahead(session, ask.tickets, {name: value for name, value in values.items() if name != "kind"})
    lists = [heads, covered, records, *([tickets] if kind == "ticket" else [])]
    while ids := [each.id for each in lists if await each.fill()]:
        stream = Stream(kind, min(ids))
        number = [row.number async for row in tickets.of(stream.id)] if kind == "ticket" else []
        head = [row async for row in heads.of(stream.id)]
        yield Opened(
            stream,
            Head(head[0].seq, head[0].hash) if head else None,
            number[0] if number else None,
            head[0].pending if head else None,
        )
        async for row in covered.of(stream.id):
            yield Covered(row.number, row.place, Head(row.seq, row.hash))
        async for row in records.of(stream.id):
            yield entry_of(row)


class _Ahead:
    """Rows that come ordered by their first column, a stream's id, looked at before they are taken."""

    def __init__(self, session: Session, statement: TextClause, values: Mapping[str, Any]) -> None:
        self._pages = session.pages(statement, values)
        self._page: Sequence[Row] = ()
        self._next = 0

    @property
    def id(self) -> UUID:
        """Of the next row. Only after `fill` said that there is one."""
        found: UUID = self._page[self._next][0]
        return found

    async def fill(self) -> bool:
        """Whether there is another row."""
        if self._next == len(self._page):
            self._page, self._next = (), 0
            async for page in self._pages:
                self._page = page
                break
        return bool(self._page)

    async def of(self, stream: UUID) -> AsyncIterator[Row]:
        """The rows of this stream."""
        while await self.fill() and self.id == stream:
            row = self._page[self._next]
            self._next += 1
            yield row


_LEAVES = _text("SELECT number, stream_kind, stream_id, seq, hash FROM checkpoint_head ORDER BY number, place")
_LEAVES_OF_ONE = text(
    "SELECT stream_kind, stream_id, seq, hash FROM checkpoint_head WHERE number = :number ORDER BY place"
)


async def roots(session: Session) -> AsyncIterator[tuple[int, str]]:
    """The numbers of the checkpoints that saw any heads, and the root (hex) over those."""
    number, leaves = 0, list[bytes]()
    async for page in session.pages(_LEAVES):
        for row in page:
            if row.number != number and leaves:
                yield number, merkle.Tree(leaves).root.hex()
                leaves = []
            number = row.number
            leaves.append(_leaf(row))
    if leaves:
        yield number, merkle.Tree(leaves).root.hex()


class Paths:
    """Proofs of single heads. Keeps the last trees: streams with ids beside each other changed together."""

    KEPT = 64

    def __init__(self, session: Session) -> None:
        self._session = session
        self._trees: dict[int, merkle.Tree] = {}

    async def of(self, covered: Covered) -> tuple[str, ...]:
        tree = self._trees.pop(covered.number, None)
        if tree is None:
            rows = await self._session.execute(_LEAVES_OF_ONE, {"number": covered.number})
            tree = merkle.Tree([_leaf(row) for row in rows])
            if len(self._trees) >= self.KEPT:
                del self._trees[next(iter(self._trees))]
        self._trees[covered.number] = tree
        return tuple(each.hex() for each in tree.path(covered.place))


def _leaf(row: Row) -> bytes:
    return merkle.leaf(leaf_content(Stream(row.stream_kind, row.stream_id), Head(row.seq, row.hash)))


def from_row(row: Row) -> Checkpoint:
    return Checkpoint(**row.as_dict())


def entry_of(row: Row) -> Entry:
    """Of a row with all of a record's columns."""
    return Entry(
        Stream(row["stream_kind"], row["stream_id"]),
        row["seq"],
        row["kind"],
        row["actor_kind"],
        row["actor_id"],
        row["actor_name"],
        row["at"],
        row["before"],
        row["after"],
        row["previous"],
        row["hash"],
    )
