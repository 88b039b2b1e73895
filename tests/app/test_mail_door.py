"""Mail that comes in by SMTP is in the inbox, with its job, before whoever brought it hears that we have it."""

import asyncio
import smtplib

import asyncpg
import pytest

from app.doors import open_doors
from app.inbox import open_gate
from app.settings import Settings
from connectors.contract import FetchedEvent
from connectors.email.config import Listener
from connectors.email.judging.ours import Ours
from connectors.email.listening import Door, listen
from connectors.registry import connect
from core.instants import utc_now
from emulators.loopback import free_port, listens
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
    async with open_doors(database, connect(settings.channels), utc_now):
        await bring(port, letter("Hello.\n"))
        with pytest.raises(OSError, match="in use"):
            async with open_doors(database, connect(settings.channels), utc_now):
                raise AssertionError("two processes at one port")
    assert not await listens(port)
    connection = await asyncpg.connect(database)
    assert await connection.fetchval("SELECT url FROM inbox WHERE channel = 'email'") == f"smtp://{DESK}/"
    await connection.close()


async def test_no_port_is_taken_without_a_setting(database: str) -> None:
    settings = Settings(_env_file=None, secret_key="sixteen letters or more", email_address=DESK)
    connectors = connect(settings.channels)
    assert not connectors["email"].listens  # type: ignore[attr-defined]
    async with open_doors(database, connectors, utc_now):
        pass
