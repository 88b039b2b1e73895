"""Several programs, one PostgreSQL: it comes with the first and goes with the last."""

import asyncio
import signal

from tests.storage.embedded.conftest import Checkout, answers, asked


async def test_the_second_program_joins_and_its_leaving_changes_nothing(checkout: Checkout) -> None:
    first = await checkout.program()
    postmaster = checkout.postmaster().pid

    second = await checkout.program()
    assert second.dsn == first.dsn
    await second.stop()

    assert await answers(first.dsn)
    assert checkout.postmaster().pid == postmaster


async def test_the_last_program_to_leave_finds_nothing_running_afterwards(checkout: Checkout) -> None:
    programs = [await checkout.program(), await checkout.program()]

    for program in programs:
        await program.stop()

    assert checkout.processes() == []


async def test_the_first_may_leave_before_the_second(checkout: Checkout) -> None:
    first, second = await checkout.program(), await checkout.program()

    await first.stop()

    assert await answers(second.dsn)
    await second.stop()
    assert checkout.processes() == []


async def test_programs_that_start_at_the_same_instant_share_one_new_engine(new_checkout: Checkout) -> None:
    programs = [await new_checkout.unready_program() for _ in range(3)]

    await asyncio.gather(*(program.ready() for program in programs))

    assert len({program.dsn for program in programs}) == 1
    assert new_checkout.postmaster().ppid() == new_checkout.guardian().pid


async def test_a_start_during_the_stop_waits_and_works(checkout: Checkout) -> None:
    leaving = checkout.engine()
    await leaving.start()
    coming = checkout.engine()

    _, dsn = await asyncio.gather(leaving.stop(), coming.start())

    assert await answers(dsn)


async def test_data_survives_a_stop(checkout: Checkout) -> None:
    async with checkout.engine() as engine:
        await asked(engine.dsn(), "CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
    assert checkout.processes() == []

    async with checkout.engine() as engine:
        assert await asked(engine.dsn(), "SELECT answer FROM kept") == 42


async def test_an_open_connection_does_not_hold_up_the_stop(checkout: Checkout) -> None:
    program = await checkout.program()
    sleeper = asyncio.create_task(answers(program.dsn))
    held = asyncio.create_task(asked(program.dsn, "SELECT pg_sleep(60)"))
    await sleeper

    await program.stop()

    assert checkout.processes() == []
    await asyncio.gather(held, return_exceptions=True)


async def test_a_program_ended_by_sigterm_leaves_no_server(checkout: Checkout) -> None:
    program = await checkout.program()

    await program.kill(signal.SIGTERM)

    await checkout.gone()
