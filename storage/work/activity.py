"""Appending to the record of changes. The head of a stream is locked, so its chain never forks. It is read once in a
transaction, and what a transaction says of one stream is written in one statement.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Uuid, any_, bindparam, exists, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from core.ids import new_id
from storage.database import Session
from storage.queries.activity import ENTRIES
from storage.several import by_column, several
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
_ADD_FIRST_WITH_CLOCKS = _ADD_FIRST.add_cte(SAVE.cte("clocks"))
_LAST = {name: bindparam(f"last_{name}", type_=activity_head.c[name].type) for name in ("seq", "hash")}
_NEXT = update(activity_head).where(*_THIS).values(**_LAST, pending=true())
_ADD_NEXT = (
    insert(activity)
    .from_select([each.name for each in activity.c], select(*several(activity.c, "new").c), include_defaults=False)
    .add_cte(_NEXT.cte("head"))
)
_ADD_NEXT_WITH_CLOCKS = _ADD_NEXT.add_cte(SAVE.cte("clocks"))
_MOST = 500  # entries that may wait to be written


class Activity:
    def __init__(self, session: Session, heads: dict[Stream, Head] | None = None, levels: Levels | None = None) -> None:
        """`heads`: those that this transaction has locked, as they are by now; so `levels`, by ticket."""
        self._session = session
        self._heads = {} if heads is None else heads
        self._levels = {} if levels is None else levels
        self._unwritten: list[Entry] = []
        self._clocks: dict[Stream, ServiceLevel] = {}  # to be saved with them

    async def append(
        self, stream: Stream, records: Sequence[Record], *, new: bool = False, clocks: ServiceLevel | None = None
    ) -> None:
        head = EMPTY if new else self._heads.get(stream) or await self._head(stream)
        entries = link(stream, head, records)
        if new:
            await self._begin(entries, clocks)
        else:
            await self._continue(entries, clocks)
        if clocks is not None:
            self._levels[stream.id] = clocks

    async def _begin(self, entries: Sequence[Entry], clocks: ServiceLevel | None) -> None:
        rows = [{f"new_{name}": value for name, value in _values(entry).items()} for entry in entries]
        if clocks is None:
            await self._add_first(rows)
        else:
            await self._add_first(rows[:-1])
            stream = entries[-1].stream
            await self._session.execute(_ADD_FIRST_WITH_CLOCKS, rows[-1] | level_row(stream.id, clocks))
        self._note_heads(entries)

    async def _continue(self, entries: Sequence[Entry], clocks: ServiceLevel | None = None) -> None:
        self._note_heads(entries)
        self._unwritten += entries
        if clocks is not None:
            self._clocks[entries[-1].stream] = clocks
        if len(self._unwritten) >= _MOST:
            await self._write()
        elif entries:
            await self._session.put_off(self._write, "activity", "service_level")

    def _note_heads(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self._heads[entry.stream] = Head(entry.seq, entry.hash)

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
        for stream, told in records.items():
            await self._continue(link(stream, heads[stream], told))

    async def says(self, stream: Stream, kind: str, after: Mapping[str, str]) -> bool:
        wanted = {"kind": stream.kind, "stream": stream.id, "said": kind, "after": dict(after)}
        return bool((await self._session.execute(_SAYS, wanted)).scalar())

    async def _add_first(self, rows: Sequence[dict[str, object]]) -> None:
        """In one round trip."""
        if len(rows) == 1:
            await self._session.execute(_ADD_FIRST, rows[0])
        elif rows:
            await self._session.execute_many(_ADD_FIRST, rows)

    async def _write(self) -> None:
        """What was appended since, of each stream at once."""
        streams: dict[Stream, list[Entry]] = {}
        for entry in self._unwritten:
            streams.setdefault(entry.stream, []).append(entry)
        clocks = self._clocks
        self._unwritten, self._clocks = [], {}
        for stream, level in clocks.items():
            row = _several_values(stream, streams.pop(stream)) | level_row(stream.id, level)
            await self._session.execute(_ADD_NEXT_WITH_CLOCKS, row)
        rows = [_several_values(stream, entries) for stream, entries in streams.items()]
        if len(rows) == 1:
            await self._session.execute(_ADD_NEXT, rows[0])
        elif rows:
            await self._session.execute_many(_ADD_NEXT, rows)

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


def _several_values(stream: Stream, entries: Sequence[Entry]) -> dict[str, object]:
    """Of entries that follow one another."""
    last = {"kind": stream.kind, "stream": stream.id, "last_seq": entries[-1].seq, "last_hash": entries[-1].hash}
    return by_column(activity.c, "new", [_values(entry) for entry in entries]) | last


def _values(entry: Entry) -> dict[str, object]:
    return {
        "id": new_id(),
        "stream_kind": entry.stream.kind,
        "stream_id": entry.stream.id,
        "seq": entry.seq,
        "kind": entry.kind,
        "actor_kind": entry.actor_kind,
        "actor_id": entry.actor_id,
        "actor_name": entry.actor_name,
        "at": entry.at,
        "before": entry.before,
        "after": entry.after,
        "previous": entry.previous,
        "hash": entry.hash,
    }
