"""Appending to the record of changes. The head of a stream is locked, so its chain never forks."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core.ids import new_id
from storage.tables import activity, activity_head
from ticketing.activity.chain import EMPTY, Head, link
from ticketing.activity.record import Entry, Record, Stream

_ADD = insert(activity)
_START = insert(activity_head).on_conflict_do_nothing()
_THIS = (activity_head.c.stream_kind == bindparam("kind"), activity_head.c.stream_id == bindparam("stream"))
_HEAD = select(activity_head.c.seq, activity_head.c.hash).where(*_THIS).with_for_update(key_share=True)
_MOVE_HEAD = update(activity_head).where(*_THIS).values(seq=bindparam("new_seq"), hash=bindparam("new_hash"))


class Activity:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def append(self, stream: Stream, records: Sequence[Record], *, new: bool = False) -> None:
        entries = link(stream, EMPTY if new else await self._head(stream), records)
        for entry in entries:
            await self._connection.execute(_ADD, _row(entry))
        last = Head(entries[-1].seq, entries[-1].hash)
        if new:
            await self._start(stream, last)
            return
        moved = {"new_seq": last.seq, "new_hash": last.hash}
        await self._connection.execute(_MOVE_HEAD, {"kind": stream.kind, "stream": stream.id} | moved)

    async def _head(self, stream: Stream) -> Head:
        this = {"kind": stream.kind, "stream": stream.id}
        row = (await self._connection.execute(_HEAD, this)).one_or_none()
        if row is None:  # the first record: whoever else starts the stream now waits here for our commit
            await self._start(stream, EMPTY)
            row = (await self._connection.execute(_HEAD, this)).one()
        return Head(row.seq, row.hash)

    async def _start(self, stream: Stream, head: Head) -> None:
        values = {"stream_kind": stream.kind, "stream_id": stream.id, "seq": head.seq, "hash": head.hash}
        await self._connection.execute(_START, values)


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
