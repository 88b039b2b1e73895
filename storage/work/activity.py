"""Appending to the record of changes. The head of a stream is locked, so its chain never forks."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from core.ids import new_id
from storage.database import Session
from storage.tables import activity, activity_head
from ticketing.activity.chain import EMPTY, Head, link
from ticketing.activity.record import Entry, Record, Stream

# An entry and the head that it becomes, in one statement.
_VALUES = {column.name: bindparam(f"new_{column.name}", type_=column.type) for column in activity.c}
_THIS = (activity_head.c.stream_kind == bindparam("kind"), activity_head.c.stream_id == bindparam("stream"))
_HEAD = select(activity_head.c.seq, activity_head.c.hash).where(*_THIS).with_for_update(key_share=True)
_START = insert(activity_head).on_conflict_do_nothing()
_FIRST = insert(activity_head).values({column.name: _VALUES[column.name] for column in activity_head.c})
_NEXT = (
    update(activity_head)
    .where(
        activity_head.c.stream_kind == _VALUES["stream_kind"],
        activity_head.c.stream_id == _VALUES["stream_id"],
    )
    .values(seq=_VALUES["seq"], hash=_VALUES["hash"])
)
_ADD_FIRST = insert(activity).values(_VALUES).add_cte(_FIRST.cte("head"))
_ADD_NEXT = insert(activity).values(_VALUES).add_cte(_NEXT.cte("head"))


class Activity:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def append(self, stream: Stream, records: Sequence[Record], *, new: bool = False) -> None:
        for entry in link(stream, EMPTY if new else await self._head(stream), records):
            statement = _ADD_FIRST if new and entry.seq == 1 else _ADD_NEXT
            await self._session.execute(statement, {f"new_{name}": value for name, value in _row(entry).items()})

    async def _head(self, stream: Stream) -> Head:
        this = {"kind": stream.kind, "stream": stream.id}
        row = (await self._session.execute(_HEAD, this)).one_or_none()
        if row is None:  # the first record: whoever else starts the stream now waits here for our commit
            await self._session.execute(
                _START, {"stream_kind": stream.kind, "stream_id": stream.id, "seq": EMPTY.seq, "hash": EMPTY.hash}
            )
            row = (await self._session.execute(_HEAD, this)).one()
        return Head(row.seq, row.hash)


def _row(entry: Entry) -> dict[str, object]:
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
        "before": dict(entry.before),
        "after": dict(entry.after),
        "previous": entry.previous,
        "hash": entry.hash,
    }
