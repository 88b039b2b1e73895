"""kill -9 of every process there is, alone and together: the engine works again, and nothing stays behind."""

import asyncio
import contextlib
import os
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from emulators.waiting import until
from storage.embedded import EngineFailed, sockets
from tests.storage.embedded.conftest import Checkout, answers, asked, command_of, told
from tests.storage.embedded.program import QUICK


async def comes_back(dsn: str, *, within: float = 60.0) -> float:
    """Seconds until the DSN answers again."""
    begun = time.monotonic()
    while not await answers(dsn):
        assert time.monotonic() - begun < within, "did not come back"
        await asyncio.sleep(0.02)
    return time.monotonic() - begun


def a_stranger(uid: int) -> "subprocess.Popen[bytes]":
    """A process that has nothing to do with us, run by the user that runs PostgreSQL."""
    return subprocess.Popen(["sleep", "60"], user=uid)


def leave_behind(file: Path, content: str, *, like: os.stat_result) -> None:
    """Put a file there as a crashed PostgreSQL would have left it, in a folder of its user."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.write_text(content)
    for path in (file.parent, file):
        os.chown(path, like.st_uid, like.st_gid)


async def test_a_killed_program_leaves_no_server(checkout: Checkout) -> None:
    program = await checkout.program()

    await program.kill()

    await checkout.gone()


async def test_a_killed_program_does_not_take_the_engine_from_another(checkout: Checkout) -> None:
    first, second = await checkout.program(), await checkout.program()

    await first.kill()

    assert await answers(second.dsn)
    await second.stop()
    assert checkout.processes() == []


async def test_a_killed_postgresql_is_back_within_seconds_with_its_data(checkout: Checkout) -> None:
    dsn = await checkout.engine().start()
    await told(dsn, "CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")

    checkout.postmaster().kill()

    assert await comes_back(dsn) < 10
    assert await asked(dsn, "SELECT answer FROM kept") == 42


async def test_postgresql_comes_back_as_often_as_it_dies(checkout: Checkout) -> None:
    dsn = await checkout.engine().start()
    for _ in range(3):
        checkout.postmaster().kill()
        await comes_back(dsn)


async def test_a_socket_swept_away_with_old_temporary_files_comes_back(checkout: Checkout) -> None:
    dsn = await checkout.engine().start()
    folder = str(await asked(dsn, "SHOW unix_socket_directories"))

    await asyncio.to_thread(sockets.socket_in(Path(folder)).unlink)

    await comes_back(dsn)


async def test_a_killed_guardian_is_replaced_and_postgresql_goes_on(checkout: Checkout) -> None:
    engine = checkout.engine()
    dsn = await engine.start()
    postmaster, guardian = checkout.postmaster(), checkout.guardian()

    guardian.kill()
    await until(lambda: checkout.guardians() - {guardian.pid}, "another guardian", pause=0.05)

    assert checkout.postmaster().pid == postmaster.pid
    assert await answers(dsn)
    await engine.stop()
    assert checkout.processes() == []


async def test_a_stop_right_after_the_guardian_was_killed_still_leaves_nothing(checkout: Checkout) -> None:
    engine = checkout.engine()
    await engine.start()
    checkout.guardian().kill()

    await engine.stop()

    assert checkout.processes() == []


async def test_a_start_adopts_what_a_killed_guardian_and_program_left(checkout: Checkout) -> None:
    program = await checkout.program()
    orphan = checkout.postmaster()
    checkout.guardian().kill()
    await program.kill()
    assert orphan.is_running()

    engine = checkout.engine()
    dsn = await engine.start()

    assert await answers(dsn)
    assert checkout.postmaster().pid == orphan.pid
    await engine.stop()
    assert checkout.processes() == []


async def test_a_start_works_after_guardian_and_postgresql_were_killed_together(checkout: Checkout) -> None:
    engine = checkout.engine()
    dsn = await engine.start()
    guardian, postmaster = checkout.guardian(), checkout.postmaster()

    guardian.kill()
    postmaster.kill()

    await comes_back(dsn)
    await engine.stop()
    assert checkout.processes() == []


async def test_a_guardian_that_is_told_to_stop_stops_postgresql(checkout: Checkout) -> None:
    program = await checkout.program()
    guardian, postmaster = checkout.guardian(), checkout.postmaster()

    guardian.terminate()
    await until(lambda: not guardian.is_running(), "the guardian's end")

    assert command_of(postmaster) == []
    await program.kill()


async def test_a_reused_process_id_neither_fools_the_start_nor_costs_a_stranger_its_life(checkout: Checkout) -> None:
    async with checkout.engine() as engine:
        pid_file = (engine.home / "data" / "postmaster.pid").read_text()
    lock = Path(pid_file.splitlines()[4]) / ".s.PGSQL.5432.lock"
    owner = (engine.home / "data").stat()
    with a_stranger(owner.st_uid) as stranger:
        as_if_crashed = f"{stranger.pid}\n{pid_file.partition(chr(10))[2]}"
        leave_behind(engine.home / "data" / "postmaster.pid", as_if_crashed, like=owner)
        leave_behind(lock, as_if_crashed, like=owner)

        async with checkout.engine() as again:
            assert await answers(again.dsn())

        assert stranger.poll() is None
        stranger.kill()


def creating(checkout: Checkout) -> bool:
    """Whether the data folder is being made right now."""
    return any("data.new" in " ".join(command_of(process)) for process in checkout.processes())


async def test_a_creation_killed_half_way_is_begun_again(new_checkout: Checkout) -> None:
    program = await new_checkout.unready_program()
    await until(lambda: creating(new_checkout), "a data folder to be made", pause=0.05)
    for process in new_checkout.processes():
        with contextlib.suppress(psutil.NoSuchProcess):  # with its parent gone, a child may have ended by itself
            process.kill()
    await program.kill()
    assert not (new_checkout.home / "data").exists()

    async with new_checkout.engine() as engine:
        assert await answers(engine.dsn())

    assert not list(new_checkout.home.glob("data.new-*"))


async def test_a_program_killed_during_the_creation_leaves_nothing(new_checkout: Checkout) -> None:
    program = await new_checkout.unready_program()
    await until(lambda: creating(new_checkout), "a data folder to be made", pause=0.05)

    await program.kill()

    await new_checkout.gone()


async def test_a_checkout_deleted_under_a_running_program_ends_the_server(checkout: Checkout) -> None:
    program = await checkout.program()
    (checkout.home / "state" / "users.lock").unlink()

    await checkout.gone()

    await program.kill()


class TestRefusal:
    async def test_names_both_versions_and_the_way_to_upgrade(self, new_checkout: Checkout) -> None:
        data = new_checkout.home / "data"
        data.mkdir()
        (data / "PG_VERSION").write_text("16\n")

        with pytest.raises(EngineFailed, match=r"PostgreSQL 16.*PostgreSQL 18(.|\n)*docs/upgrade.md"):
            await new_checkout.engine().start()

        assert [path.name for path in data.iterdir()] == ["PG_VERSION"]
        await new_checkout.gone()

    async def test_of_a_folder_with_other_files_says_so_and_touches_nothing(self, new_checkout: Checkout) -> None:
        data = new_checkout.home / "data"
        data.mkdir()
        (data / "letters.txt").write_text("mine")

        with pytest.raises(EngineFailed, match="not a PostgreSQL data folder"):
            await new_checkout.engine().start()

        assert (data / "letters.txt").read_text() == "mine"

    async def test_shows_the_end_of_the_log_when_postgresql_does_not_start(self, checkout: Checkout) -> None:
        with pytest.raises(EngineFailed, match="unrecognized configuration parameter"):
            await checkout.engine({**QUICK, "no_such_setting": "1"}).start()
        await checkout.gone()

        async with checkout.engine() as engine:
            assert await answers(engine.dsn())
