"""Mail that comes in by SMTP is in the inbox, with its job, before whoever brought it hears that we have it."""

import asyncio
import smtplib
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import httpx
import pytest

from app.doors import open_doors
from app.inbox import open_gate
from app.processes.web import run
from app.settings import Settings
from connectors.contract import FetchedEvent
from connectors.email.config import Listener
from connectors.email.judging.ours import Ours
from connectors.email.listening import Door, listen
from connectors.registry import connect
from core.instants import utc_now
from emulators.loopback import free_port, listens
from emulators.waiting import until
from tests.connectors.email.letters import letter

DESK = "support@shop.example"


async def bring(door: Door | int, mail: bytes) -> None:
    port = door if isinstance(door, int) else door.port

    def talk() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as smtp:
            smtp.sendmail("dana@customer.example", DESK, mail)

    await asyncio.to_thread(talk)


async def test_each_mail_is_stored_once_with_its_job_and_none_is_taken_while_the_database_is_away(
    database: str,
) -> None:
    gate = await open_gate(database)

    async def accept(event: FetchedEvent) -> None:
        await gate.accept(channel="email", key=event.key, url=event.url, body=event.body, now=utc_now())

    listener = Listener("127.0.0.1", "desk.shop.example", port=0)
    door = await listen(listener, Ours(frozenset((DESK,))), (DESK,), accept)
    await asyncio.gather(*(bring(door, letter(f"Mail {number}, \0 and all.\n")) for number in (1, 2, 1)))
    await gate.close()
    with pytest.raises(smtplib.SMTPDataError, match="451"):
        await bring(door, letter("Mail 3."))
    await door.close()
    connection = await asyncpg.connect(database)
    rows = await connection.fetch("SELECT url, body FROM inbox WHERE channel = 'email'")
    assert len(rows) == await connection.fetchval("SELECT count(*) FROM pgqueuer") == 2
    assert {bytes(row["body"]).partition(b"From:")[2] for row in rows} == {
        letter(f"Mail {number}, \0 and all.\n").partition(b"From:")[2] for number in (1, 2)
    }
    await connection.close()


async def test_the_door_of_the_settings_is_open_for_as_long_as_the_process_runs(database: str) -> None:
    port = free_port()
    settings = Settings(
        _env_file=None,
        secret_key="sixteen letters or more",
        email_address=f"Shop <{DESK}>",
        email_listen=f"127.0.0.1:{port}",
    )
    async with open_doors(database, connect(settings.channels), utc_now) as closed:
        assert closed == {}
        await bring(port, letter("Hello.\n"))
    assert not await listens(port)
    connection = await asyncpg.connect(database)
    assert await connection.fetchval("SELECT url FROM inbox WHERE channel = 'email'") == f"smtp://{DESK}/"
    await connection.close()


async def test_a_port_that_is_taken_keeps_nobody_from_the_rest_and_is_tried_until_it_is_free(
    database: str,
) -> None:
    port = free_port()
    settings = Settings(
        _env_file=None,
        secret_key="sixteen letters or more",
        email_address=DESK,
        email_listen=f"127.0.0.1:{port}",
    )
    async with AsyncExitStack() as second:
        async with open_doors(database, connect(settings.channels), utc_now):
            closed = await second.enter_async_context(open_doors(database, connect(settings.channels), utc_now))
            words = f"No mail is taken at 127.0.0.1:{port} (EMAIL_LISTEN): address already in use."
            assert closed == {"email": words}
        await until(lambda: not closed, "the port")
        await bring(port, letter("Hello.\n"))


async def test_a_certificate_that_is_not_there_leaves_the_web_process_at_work_and_readyz_says_so(
    database: str, tmp_path: Path
) -> None:
    port, missing = free_port(), tmp_path / "mail.pem"
    settings = Settings(
        _env_file=None,
        port=port,
        secret_key="sixteen letters or more",
        email_address=DESK,
        email_listen=f"127.0.0.1:{free_port()}",
        email_listen_certificate=str(missing),
    )
    stop = asyncio.Event()
    process = asyncio.create_task(run(settings, database, stop))
    await until(lambda: listens(port), "the web process")
    async with httpx.AsyncClient(trust_env=False) as http:
        ready = await http.get(f"http://127.0.0.1:{port}/readyz")
    words = f"No mail is taken: {missing} (EMAIL_LISTEN_CERTIFICATE) cannot be used: no such file or directory."
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "email": words})
    stop.set()
    await asyncio.wait_for(process, 20)


async def test_no_port_is_taken_without_a_setting(database: str) -> None:
    settings = Settings(_env_file=None, secret_key="sixteen letters or more", email_address=DESK)
    connectors = connect(settings.channels)
    assert not connectors["email"].listens  # type: ignore[attr-defined]
    async with open_doors(database, connectors, utc_now):
        pass
