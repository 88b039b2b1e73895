"""Ten megabytes of a customer's words meet a run: nothing of them is lost, and a brain gets no more than it reads."""

from datetime import timedelta

from tests.storage.resolving import Resolving
from ticketing.resolution.run import RunState

HUGE = 10 * 1024 * 1024
_TO_READ = 12 * 2_000  # characters of a room that a brain gets


async def kept(resolving: Resolving) -> list[int]:
    """How long what customers wrote is, as it is kept."""
    rows = await resolving.at_work.rows(
        "SELECT length(text) AS length FROM message WHERE direction = 'in' ORDER BY at, id"
    )
    return [row.length for row in rows]


def read(resolving: Resolving) -> int:
    """Of all that brains were shown, the longest, in characters."""
    shown = [
        [case.subject, *(line.text for line in case.lines), *case.fields.values()] for case in resolving.brain.cases
    ]
    return max(sum(map(len, each)) for each in shown)


async def recorded(resolving: Resolving) -> int:
    """Bytes of the longest step."""
    (row,) = await resolving.at_work.rows(
        "SELECT max(pg_column_size(inputs) + pg_column_size(outputs) + length(why)) AS size FROM run_step"
    )
    size: int = row.size
    return size


async def test_a_first_message_is_kept_whole_and_resolved(resolving: Resolving) -> None:
    words = "It came broken, order #78932. "
    words += "I am so angry. " * ((HUGE - len(words)) // 15)
    ticket = await resolving.resolved(words)
    assert (await resolving.run(ticket)).state is RunState.DONE
    assert resolving.refunds() == [8900]
    assert await kept(resolving) == [len(words)]
    assert read(resolving) <= _TO_READ + 1_000
    assert await recorded(resolving) < 64 * 1024


async def test_an_answer_is_kept_whole_and_read_by_a_brain(resolving: Resolving) -> None:
    ticket = await resolving.resolved("It came broken")
    resolving.at_work.now += timedelta(minutes=1)
    words = "stop " + "\N{FIRE}" * (HUGE // 4)
    await resolving.writes(words)
    await resolving.go_on(ticket)
    assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
    assert resolving.refunds() == []
    assert await kept(resolving) == [len("It came broken"), len(words)]
    assert read(resolving) <= _TO_READ + 1_000
    assert await recorded(resolving) < 64 * 1024
