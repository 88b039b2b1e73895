"""Appending to the record of changes. The head of a stream is locked, so its chain never forks."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core.ids import new_id
from storage.tables import activity, activity_head
from ticketing.activity.chain import EMPTY, Head, link
from ticketing.activity.record import Record, Stream


class Activity:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def append(self, stream: Stream, records: Sequence[Record], *, new: bool = False) -> None:
        head = EMPTY if new else await self._head(stream)
        entries = link(stream, head, records)
        rows = [
            {
                "id": new_id(),
                "stream_kind": stream.kind,
                "stream_id": stream.id,
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
            for entry in entries
        ]
        await self._connection.execute(insert(activity).values(rows))
        last = entries[-1]
        if new:
            await self._connection.execute(_start(stream, Head(last.seq, last.hash)))
            return
        await self._connection.execute(
            update(activity_head)
            .where(activity_head.c.stream_kind == stream.kind, activity_head.c.stream_id == stream.id)
            .values(seq=last.seq, hash=last.hash)
        )

    async def _head(self, stream: Stream) -> Head:
        wanted = (
            select(activity_head.c.seq, activity_head.c.hash)
            .where(activity_head.c.stream_kind == stream.kind, activity_head.c.stream_id == stream.id)
            .with_for_update()
        )
        row = (await self._connection.execute(wanted)).one_or_none()
        if row is None:  # the first record: whoever else starts the stream now waits here for our commit
            await self._connection.execute(_start(stream, EMPTY).on_conflict_do_nothing())
            row = (await self._connection.execute(wanted)).one()
        return Head(row.seq, row.hash)


def _start(stream: Stream, head: Head):  # type: ignore[no-untyped-def]  # the dialect's Insert is generic in nothing useful
    return insert(activity_head).values(stream_kind=stream.kind, stream_id=stream.id, seq=head.seq, hash=head.hash)
