"""The record of changes as it stands, for whoever checks or shows it."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import AnySelect
from storage.tables import activity, activity_head
from ticketing.activity.chain import EMPTY, Head
from ticketing.activity.record import Entry, Stream

ENTRIES: AnySelect = (
    select(
        activity.c.seq,
        activity.c.kind,
        activity.c.actor_kind,
        activity.c.actor_id,
        activity.c.actor_name,
        activity.c.at,
        activity.c.before,
        activity.c.after,
        activity.c.previous,
        activity.c.hash,
    )
    .where(activity.c.stream_kind == bindparam("kind"), activity.c.stream_id == bindparam("stream"))
    .order_by(activity.c.seq)
)


async def entries(connection: AsyncConnection, stream: Stream) -> Sequence[Entry]:
    """The whole stream, oldest first."""
    rows = await connection.execute(ENTRIES, {"kind": stream.kind, "stream": stream.id})
    return [Entry(stream, *row) for row in rows]


async def streams(connection: AsyncConnection) -> Sequence[tuple[Stream, Head]]:
    """Every stream with its head: a chain that was cut off at its end does not reach it."""
    head = activity_head.c
    rows = await connection.execute(
        select(head.stream_kind, head.stream_id, head.seq, head.hash).order_by(head.stream_kind, head.stream_id)
    )
    return [(Stream(row.stream_kind, row.stream_id), Head(row.seq, row.hash)) for row in rows]


def head_of(stream: Sequence[Entry]) -> Head:
    """Where these entries end."""
    return Head(stream[-1].seq, stream[-1].hash) if stream else EMPTY
