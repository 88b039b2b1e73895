"""Makes the signed checkpoints over the heads of all activity streams. Costs what changed, not what exists.

Heads are read without locking them: one that moves on meanwhile is covered as it was read, and stays pending. One that
is not committed yet is not seen, and is pending when it is. So nothing is missed, and a writer waits for one UPDATE
at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Integer, Text, Uuid

from storage.database import Database, Row, Session
from storage.queries.audit import NEWEST, entry_of, from_row
from storage.secrets import audit_signer
from storage.tables import checkpoint
from ticketing.activity import merkle
from ticketing.activity.chain import GENESIS, Head, follows
from ticketing.activity.checkpoint import EVERY, Checkpoint, Signer, following, leaf_content
from ticketing.activity.record import Stream

BATCH = 1000  # heads that one checkpoint covers at most
_FIRST_KEY = ("", UUID(int=0))

_ONE_AT_A_TIME = text("LOCK TABLE checkpoint IN SHARE UPDATE EXCLUSIVE MODE")  # readers do not notice
_PENDING = text(f"""
    SELECT head.stream_kind, head.stream_id, head.seq, head.hash, seen.seq IS NULL AS is_new,
        coalesce(seen.seq, 0) AS seen_seq, coalesce(seen.hash, '{GENESIS}') AS seen_hash
    FROM activity_head AS head LEFT JOIN LATERAL (
        SELECT seq, hash FROM checkpoint_head AS past
        WHERE past.stream_kind = head.stream_kind AND past.stream_id = head.stream_id
        ORDER BY past.number DESC LIMIT 1
    ) AS seen ON true
    WHERE head.pending AND (head.stream_kind, head.stream_id) > (:kind, :stream)
    ORDER BY head.stream_kind, head.stream_id LIMIT :most
""").bindparams(  # noqa: S608 - constants of ours
    bindparam("kind", type_=Text), bindparam("stream", type_=Uuid), bindparam("most", type_=Integer)
)
_HEADS = (
    bindparam("kinds", type_=ARRAY(Text)),
    bindparam("streams", type_=ARRAY(Uuid)),
    bindparam("seqs", type_=ARRAY(Integer)),
)
RECORDS = text("""
    SELECT record.stream_kind, record.stream_id, record.seq, record.kind, record.actor_kind, record.actor_id,
        record.actor_name, record.at, record.before, record.after, record.previous, record.hash
    FROM unnest(:kinds, :streams, :seqs, :seen) AS head (kind, stream, seq, seen)
    JOIN activity AS record ON record.stream_kind = head.kind AND record.stream_id = head.stream
        AND record.seq > head.seen AND record.seq <= head.seq
    ORDER BY record.stream_kind, record.stream_id, record.seq
""").bindparams(*_HEADS, bindparam("seen", type_=ARRAY(Integer)))
_ADD = checkpoint.insert()
_ADD_HEADS = text("""
    INSERT INTO checkpoint_head (stream_kind, stream_id, number, place, seq, hash)
    SELECT kind, stream, :number, place - 1, seq, hash
    FROM unnest(:kinds, :streams, :seqs, :hashes) WITH ORDINALITY AS head (kind, stream, seq, hash, place)
""").bindparams(*_HEADS, bindparam("hashes", type_=ARRAY(Text)), bindparam("number", type_=Integer))
# Whoever holds a head is about to move it on, so it may as well stay pending. Waiting for it could be a deadlock.
_SETTLE = text("""
    WITH free AS (
        SELECT now.stream_kind, now.stream_id
        FROM unnest(:kinds, :streams, :seqs) AS head (kind, stream, seq)
        JOIN activity_head AS now ON now.stream_kind = head.kind AND now.stream_id = head.stream AND now.seq = head.seq
        FOR NO KEY UPDATE OF now SKIP LOCKED
    )
    UPDATE activity_head SET pending = false FROM free
    WHERE activity_head.stream_kind = free.stream_kind AND activity_head.stream_id = free.stream_id
""").bindparams(*_HEADS)


@dataclass(frozen=True, slots=True)
class _Changed:
    """A head that no checkpoint covers, and the one that the last of them saw."""

    stream: Stream
    head: Head
    seen: Head
    is_new: bool


class Checkpoints:
    """Any number of processes may make them: they take turns, and nobody makes one before it is due."""

    def __init__(self, database: Database, key: str | None) -> None:
        """`key`: the setting SECRET_KEY, or None for one that the database keeps."""
        self._database, self._key = database, key
        self._signer: Signer | None = None

    async def signer(self) -> Signer:
        if self._signer is None:
            self._signer = await audit_signer(self._database, self._key)
        return self._signer

    async def make_due(self, *, now: datetime, batch: int = BATCH) -> Sequence[Checkpoint]:
        """None if the last is younger than an hour; else as many as cover all that changed, at least one.

        Each is a transaction of its own. Safe to interrupt: what was not covered stays pending.
        """
        signer, made, after = await self.signer(), list[Checkpoint](), _FIRST_KEY
        while True:
            async with self._database.transaction() as session:
                await session.execute(_ONE_AT_A_TIME)
                newest = (await session.execute(NEWEST)).one_or_none()
                before = from_row(newest) if newest else None
                if not made and before is not None and abs(now - before.at) < EVERY:
                    return made
                changed = await _changed(session, after, batch)
                if made and not changed:
                    return made
                made.append(await _make(session, signer, following(before, at=now), changed))
            if len(changed) < batch:
                return made
            after = (changed[-1].stream.kind, changed[-1].stream.id)


async def _changed(session: Session, after: tuple[str, UUID], most: int) -> list[_Changed]:
    rows = await session.execute(_PENDING, {"kind": after[0], "stream": after[1], "most": most})
    return [
        _Changed(
            Stream(row.stream_kind, row.stream_id),
            Head(row.seq, row.hash),
            Head(row.seen_seq, row.seen_hash),
            row.is_new,
        )
        for row in rows
    ]


async def _make(session: Session, signer: Signer, empty: Checkpoint, changed: Sequence[_Changed]) -> Checkpoint:
    reached = await _reached(session, changed)
    whole = [each for each in changed if reached.get(each.stream) == each.head]
    covered = [each for each in whole if each.head != each.seen]
    tree = merkle.Tree([merkle.leaf(leaf_content(each.stream, each.head)) for each in covered])
    made = signer.sign(
        replace(
            empty,
            size=len(covered),
            root=tree.root.hex(),
            streams=empty.streams + sum(each.is_new for each in covered),
            records=empty.records + sum(each.head.seq - each.seen.seq for each in covered),
            left_out=len(changed) - len(whole),
        )
    )
    await session.execute(_ADD, {column.name: getattr(made, column.name) for column in checkpoint.c})
    hashes = [each.head.hash for each in covered]
    await session.execute(_ADD_HEADS, _arrays(covered) | {"hashes": hashes, "number": made.number})
    await session.execute(_SETTLE, _arrays(whole))
    return made


async def _reached(session: Session, changed: Sequence[_Changed]) -> dict[Stream, Head]:
    """How far the chains hold that start where the last checkpoint saw their heads; none that breaks."""
    reached = {each.stream: each.seen for each in changed}
    wanted = _arrays(changed) | {"seen": [each.seen.seq for each in changed]}
    async for page in session.pages(RECORDS, wanted):
        for row in page:
            _go_on(reached, row)
    return reached


def _go_on(reached: dict[Stream, Head], row: Row) -> None:
    entry = entry_of(row)
    head = reached.get(entry.stream)
    if head is not None and follows(head, entry):
        reached[entry.stream] = Head(entry.seq, entry.hash)
    else:
        reached.pop(entry.stream, None)


def _arrays(heads: Sequence[_Changed]) -> dict[str, list[object]]:
    return {
        "kinds": [each.stream.kind for each in heads],
        "streams": [each.stream.id for each in heads],
        "seqs": [each.head.seq for each in heads],
    }
