"""Appending to the record of changes. The head of a stream is locked, so its chain never forks. It is read once in a
transaction.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import ClauseElement, Uuid, any_, bindparam, exists, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from core.ids import new_id
from storage.database import Session
from storage.queries.activity import ENTRIES
from storage.tables import activity, activity_head
from storage.work.service_levels import SAVE, Levels, level_row
from ticketing.activity.chain import EMPTY, Head, link
from ticketing.activity.record import Entry, Record, Stream
from ticketing.sla.service_level import ServiceLevel

# An entry and the head that it becomes, in one statement.
_VALUES = {column.name: bindparam(f"new_{column.name}", type_=column.type) for column in activity.c}
_THIS = (activity_head.c.stream_kind == bindparam("kind"), activity_head.c.stream_id == bindparam("stream"))
_HEAD = select(activity_head.c.seq, activity_head.c.hash).where(*_THIS).with_for_update(key_share=True)
_HEADS = (
    select(activity_head.c.stream_id, activity_head.c.seq, activity_head.c.hash)
    .where(
        activity_head.c.stream_kind == bindparam("kind"),
        activity_head.c.stream_id == any_(bindparam("streams", type_=ARRAY(Uuid))),
    )
    .order_by(activity_head.c.stream_id)
    .with_for_update(key_share=True)
)
_FIRST = insert(activity_head).values({name: _VALUES[name] for name in ("stream_kind", "stream_id", "seq", "hash")})
_START = _FIRST.on_conflict_do_nothing()
_NEXT = (
    update(activity_head)
    .where(
        activity_head.c.stream_kind == _VALUES["stream_kind"],
        activity_head.c.stream_id == _VALUES["stream_id"],
    )
    .values(seq=_VALUES["seq"], hash=_VALUES["hash"], pending=true())
)
_SAYS = select(
    exists().where(
        activity.c.stream_kind == bindparam("kind"),
        activity.c.stream_id == bindparam("stream"),
        activity.c.kind == bindparam("said"),
        activity.c.after.contains(bindparam("after", type_=JSONB)),
    )
)
# Of a new stream with several entries each moves the head on. A stream that had begun would refuse the first of them.
_BEGIN = _FIRST.on_conflict_do_update(
    index_elements=[activity_head.c.stream_kind, activity_head.c.stream_id],
    set_={"seq": _FIRST.excluded.seq, "hash": _FIRST.excluded.hash},
)
_ADD_FIRST = insert(activity).values(_VALUES).add_cte(_BEGIN.cte("head"))
_ADD_NEXT = insert(activity).values(_VALUES).add_cte(_NEXT.cte("head"))
_WITH_CLOCKS = {each: each.add_cte(SAVE.cte("clocks")) for each in (_ADD_FIRST, _ADD_NEXT)}


class Activity:
    def __init__(self, session: Session, heads: dict[Stream, Head] | None = None, levels: Levels | None = None) -> None:
        """`heads`: those that this transaction has locked, as they are by now; so `levels`, by ticket."""
        self._session = session
        self._heads = {} if heads is None else heads
        self._levels = {} if levels is None else levels

    async def append(
        self, stream: Stream, records: Sequence[Record], *, new: bool = False, clocks: ServiceLevel | None = None
    ) -> None:
        head = EMPTY if new else self._heads.get(stream) or await self._head(stream)
        entries = link(stream, head, records)
        rows = [_values(entry) for entry in entries]
        statement = _ADD_FIRST if new else _ADD_NEXT
        if clocks is None:
            await self._add(statement, rows)
        else:
            await self._add(statement, rows[:-1])
            await self._session.execute(_WITH_CLOCKS[statement], rows[-1] | level_row(stream.id, clocks))
            self._levels[stream.id] = clocks
        if entries:
            self._heads[stream] = Head(entries[-1].seq, entries[-1].hash)

    async def entries(self, stream: Stream) -> Sequence[Entry]:
        rows = await self._session.execute(ENTRIES, {"kind": stream.kind, "stream": stream.id})
        return [Entry(stream, *row) for row in rows]

    async def append_all(self, records: Mapping[Stream, Sequence[Record]]) -> None:
        kinds = {stream.kind for stream in records}
        heads: dict[Stream, Head] = {}
        for kind in sorted(kinds):
            ids = [stream.id for stream in records if stream.kind == kind]
            for row in await self._session.execute(_HEADS, {"kind": kind, "streams": ids}):
                heads[Stream(kind, row.stream_id)] = Head(row.seq, row.hash)
        linked = {stream: link(stream, heads[stream], told) for stream, told in records.items()}
        await self._add(_ADD_NEXT, [_values(entry) for entries in linked.values() for entry in entries])
        last = [(stream, entries[-1]) for stream, entries in linked.items() if entries]
        self._heads |= {stream: Head(entry.seq, entry.hash) for stream, entry in last}

    async def says(self, stream: Stream, kind: str, after: Mapping[str, str]) -> bool:
        wanted = {"kind": stream.kind, "stream": stream.id, "said": kind, "after": dict(after)}
        return bool((await self._session.execute(_SAYS, wanted)).scalar())

    async def _add(self, statement: ClauseElement, rows: Sequence[dict[str, object]]) -> None:
        """In one round trip."""
        if len(rows) == 1:
            await self._session.execute(statement, rows[0])
        elif rows:
            await self._session.execute_many(statement, rows)

    async def _head(self, stream: Stream) -> Head:
        this = {"kind": stream.kind, "stream": stream.id}
        row = (await self._session.execute(_HEAD, this)).one_or_none()
        if row is None:  # the first record: whoever else starts the stream now waits here for our commit
            await self._session.execute(
                _START,
                {
                    "new_stream_kind": stream.kind,
                    "new_stream_id": stream.id,
                    "new_seq": EMPTY.seq,
                    "new_hash": EMPTY.hash,
                },
            )
            row = (await self._session.execute(_HEAD, this)).one()
        return Head(row.seq, row.hash)


def _values(entry: Entry) -> dict[str, object]:
    return {
        "new_id": new_id(),
        "new_stream_kind": entry.stream.kind,
        "new_stream_id": entry.stream.id,
        "new_seq": entry.seq,
        "new_kind": entry.kind,
        "new_actor_kind": entry.actor_kind,
        "new_actor_id": entry.actor_id,
        "new_actor_name": entry.actor_name,
        "new_at": entry.at,
        "new_before": entry.before,
        "new_after": entry.after,
        "new_previous": entry.previous,
        "new_hash": entry.hash,
    }
