"""Whatever is done to the record of changes by somebody who can write in the database is found and named."""

from dataclasses import replace
from datetime import timedelta

from app.audit import verify_database
from storage.checkpoints import Checkpoints
from storage.database import Database, Session
from storage.queries import audit as queries
from storage.queries.audit import from_row
from storage.work.activity import _values
from tests.app.audit.tampered import SECRET, Tampered, Told, found_after, verify
from tests.factories import NOW, a_record
from ticketing.activity.chain import EMPTY, link
from ticketing.activity.checkpoint import EVERY, Signer, Witness

# What is done, and what is found: the word, the ticket, the record, the checkpoint after which it was done.
TAMPERED: dict[str, tuple[str, list[tuple[str, int | None, int | None, int | None]]]] = {
    "a value is altered": (
        "UPDATE activity SET after = '{\"n\": 7}' WHERE stream_id = {1} AND seq = 3",
        [("record_altered", 1, 3, 1)],
    ),
    "a value that only the second checkpoint saw": (
        "UPDATE activity SET before = '{}' WHERE stream_id = {1} AND seq = 5",
        [("record_altered", 1, 5, 2)],
    ),
    "an actor's name": (
        "UPDATE activity SET actor_name = 'Eve' WHERE stream_id = {1} AND seq = 1",
        [("record_altered", 1, 1, 1)],
    ),
    "an instant": (
        "UPDATE activity SET at = at + interval '1 microsecond' WHERE stream_id = {2}",
        [("record_altered", 2, 1, 1)],
    ),
    "an instant that no calendar knows": (
        "UPDATE activity SET at = 'infinity' WHERE stream_id = {2}",
        [("record_altered", 2, 1, 1)],
    ),
    "a value that is no object": (
        "UPDATE activity SET before = '5', after = 'null' WHERE stream_id = {1} AND seq = 2",
        [("record_altered", 1, 2, 1)],
    ),
    "a record of the middle is removed": (
        "DELETE FROM activity WHERE stream_id = {1} AND seq = 3",
        [("record_removed", 1, 3, 1)],
    ),
    "the newest is removed": (
        "DELETE FROM activity WHERE stream_id = {1} AND seq = 6",
        [("cut_off", 1, 6, 2)],
    ),
    "the newest ones are removed and the head moved back": (
        "DELETE FROM activity WHERE stream_id = {1} AND seq > 4; UPDATE activity_head SET seq = 4, hash = "
        "(SELECT hash FROM activity WHERE stream_id = {1} AND seq = 4) WHERE stream_id = {1}",
        [("cut_off", 1, 5, 2)],
    ),
    "a whole stream is removed": (
        "DELETE FROM activity WHERE stream_id = {2}; DELETE FROM activity_head WHERE stream_id = {2}",
        [("stream_removed", 2, None, 1)],
    ),
    "a whole stream with its ticket": (
        "DELETE FROM activity WHERE stream_id = {3}; DELETE FROM activity_head WHERE stream_id = {3}; "
        "DELETE FROM room_entry WHERE ticket_id = {3}; DELETE FROM ticket WHERE id = {3}",
        [("stream_removed", None, None, 1)],
    ),
    "a head is removed": (
        "DELETE FROM activity_head WHERE stream_id = {2}",
        [("head_removed", 2, None, 1)],
    ),
    "two records are swapped": (
        "UPDATE activity SET seq = -2 WHERE stream_id = {1} AND seq = 2; "
        "UPDATE activity SET seq = 2 WHERE stream_id = {1} AND seq = 3; "
        "UPDATE activity SET seq = 3 WHERE stream_id = {1} AND seq = -2",
        [("record_altered", 1, 2, 1), ("record_altered", 1, 3, 1), ("record_replaced", 1, 4, 1)],
    ),
    "one is inserted after the last": (
        "INSERT INTO activity SELECT gen_random_uuid(), stream_kind, stream_id, 7, kind, actor_kind, actor_id, "
        "actor_name, at, before, after, hash, hash FROM activity WHERE stream_id = {1} AND seq = 6",
        [("record_altered", 1, 7, 2), ("head_altered", 1, 7, 2)],
    ),
    "one is inserted before the first": (
        "INSERT INTO activity SELECT gen_random_uuid(), stream_kind, stream_id, 0, kind, actor_kind, actor_id, "
        "actor_name, at, before, after, hash, hash FROM activity WHERE stream_id = {1} AND seq = 1",
        [("record_inserted", 1, 0, 1), ("record_altered", 1, 0, 1), ("record_replaced", 1, 1, 1)],
    ),
    "a checkpoint is altered": (
        "UPDATE checkpoint SET records = records - 1 WHERE number = 1",
        [("checkpoint_forged", None, None, None), *[("counts_differ", None, None, None)] * 2],
    ),
    "a checkpoint's instant is altered": (
        "UPDATE checkpoint SET at = at - interval '1 hour' WHERE number = 1",
        [("checkpoint_forged", None, None, None)],
    ),
    "what a checkpoint saw is altered": (
        "UPDATE checkpoint_head SET hash = repeat('a', 64) WHERE number = 1 AND stream_id = {2}",
        [("chain_remade", 2, 1, 1), ("heads_altered", None, None, None)],
    ),
    "what a checkpoint saw is removed": (
        "DELETE FROM checkpoint_head WHERE number = 2",
        [("heads_removed", None, None, None)],
    ),
    "the first checkpoint is removed": (
        "DELETE FROM checkpoint WHERE number = 1; DELETE FROM checkpoint_head WHERE number = 1",
        [("checkpoint_removed", None, None, None)],
    ),
    "the newest checkpoint is removed, what it saw is not": (
        "DELETE FROM checkpoint WHERE number = 2",
        [("checkpoint_removed", 1, None, None)],
    ),
}


# A customer is forgotten: nothing of theirs is in a chain.
ERASED = """
    UPDATE customer SET name = ''; UPDATE message SET text = ''; UPDATE ticket SET subject = '', description = '';
    DELETE FROM ai_context; DELETE FROM triage; UPDATE identity SET address = id::text, phone = NULL
"""


async def test_every_kind_of_tampering_is_found_and_named(store: Database, told: Told) -> None:
    assert (await verify(store)).findings == []
    found = {}
    for what, (sql, expected) in TAMPERED.items():
        findings = (await found_after(store, told, sql)).findings
        told_of = [(each.what, each.ticket, each.seq, each.after) for each in findings]
        found[what] = [each for each in told_of if each in expected]
        if expected[0][0] != "checkpoint_removed":  # then all that it had seen is missed too
            found[what] = told_of
    assert found == {what: expected for what, (_, expected) in TAMPERED.items()}
    assert (await found_after(store, told, ERASED)).findings == []
    assert (await verify(store)).findings == []


async def test_it_says_in_words_what_was_done_to_which_record_and_between_which_checkpoints(
    store: Database, told: Told
) -> None:
    (finding,) = (await found_after(store, told, TAMPERED["a value is altered"][0])).findings
    at = NOW.strftime("%Y-%m-%d %H:%M UTC")
    assert finding.words == (
        f"Ticket #1: record 3 (status.changed by Mia, {at}) was altered. "
        f"It happened after checkpoint 1 ({at}) was made."
    )


async def remade(told: Told, session: Session, first: int, length: int) -> None:
    """Ticket #1's records from `first` on are other ones, their chain made anew up to the head."""
    stream = told.streams[1]
    rows = await session._raw.fetch("SELECT * FROM activity WHERE stream_id = $1 ORDER BY seq", stream.id)
    entries = link(stream, EMPTY, [a_record(at=NOW + timedelta(seconds=n)) for n in range(length)])
    assert len(rows) >= first
    await session._raw.execute("DELETE FROM activity WHERE stream_id = $1", stream.id)
    for entry in entries:
        row = {name.removeprefix("new_"): value for name, value in _values(entry).items()}
        names = ", ".join(row)
        marks = ", ".join(f"${at}" for at in range(1, len(row) + 1))
        await session._raw.execute(f"INSERT INTO activity ({names}) VALUES ({marks})", *row.values())
    await session._raw.execute(
        "UPDATE activity_head SET seq = $1, hash = $2 WHERE stream_id = $3", length, entries[-1].hash, stream.id
    )


async def test_a_chain_made_anew_contradicts_every_checkpoint_that_saw_it(store: Database, told: Told) -> None:
    async with store.single() as session:
        tampering = session._raw.transaction()
        await tampering.start()
        await remade(told, session, 1, 6)
        (finding,) = (await verify(Tampered(session))).findings
        await tampering.rollback()
    assert (finding.what, finding.ticket, finding.seq, finding.after) == ("chain_remade", 1, 4, 2)


async def test_what_no_checkpoint_saw_yet_can_be_cut_off_unseen_and_only_until_the_next_one(
    store: Database, told: Told
) -> None:
    """The limit of what checkpoints can do, stated: docs/audit.md says so."""
    cut = (
        "DELETE FROM activity WHERE stream_id = {1} AND seq = 6; UPDATE activity_head SET seq = 5, hash = "
        "(SELECT hash FROM activity WHERE stream_id = {1} AND seq = 5) WHERE stream_id = {1}"
    )
    assert (await found_after(store, told, cut)).findings == []
    await Checkpoints(store, SECRET).make_due(now=NOW + 2 * EVERY)
    (finding,) = (await found_after(store, told, cut)).findings
    assert (finding.what, finding.seq, finding.after) == ("cut_off", 6, 3)


async def test_checkpoints_that_are_dropped_are_missed_by_their_streams_or_their_age_or_a_witness(
    store: Database, told: Told
) -> None:
    drop = "DELETE FROM checkpoint WHERE number > 1; DELETE FROM checkpoint_head WHERE number > 1"
    (finding,) = (await found_after(store, told, drop + "; UPDATE activity_head SET pending = false")).findings
    assert (finding.what, finding.ticket) == ("checkpoint_removed", 1)
    hidden = drop + "; UPDATE activity_head SET pending = true WHERE stream_id = {1}"
    async with store.single() as session:
        newest = from_row((await session.execute(queries.NEWEST)).one())
    assert newest.number == 2
    assert (await found_after(store, told, hidden)).findings == []
    witness = Witness(newest.number, newest.digest)
    (missed,) = (await found_after(store, told, hidden, witness=witness)).findings
    assert (missed.what, "which you noted" in missed.words) == ("checkpoint_removed", True)
    assert (await verify(store, witness=witness)).findings == []
    other = replace(witness, digest="0" * 64)
    assert [each.what for each in (await verify(store, witness=other)).findings] == ["checkpoint_replaced"]
    late = await verify_database(store, secret=SECRET, now=NOW + 4 * EVERY)
    assert (late.findings, len(late.doubts)) == ([], 1)
    assert "newer checkpoints were removed" in late.doubts[0]


async def test_a_checkpoint_that_somebody_else_signed_is_forged_unless_their_key_is_trusted(
    store: Database, told: Told
) -> None:
    await Checkpoints(store, "the key of somebody else").make_due(now=NOW + 2 * EVERY)
    findings = (await verify(store)).findings
    assert [each.what for each in findings] == ["checkpoint_forged"]
    assert "a key that is not trusted" in findings[0].words
    other = Signer(b"the key of somebody else").public
    assert (await verify(store, keys={other})).findings == []
