"""Mail that comes in by SMTP is in the inbox, with its job, before whoever brought it hears that we have it."""

import asyncio
import smtplib

import asyncpg
import pytest

from app.inbox import open_gate
from connectors.contract import FetchedEvent
from connectors.email.config import Listener
from connectors.email.judging.ours import Ours
from connectors.email.listening import Door, listen
from core.instants import utc_now
from tests.connectors.email.letters import letter

DESK = "support@shop.example"


async def bring(door: Door, mail: bytes) -> None:
    def talk() -> None:
        with smtplib.SMTP("127.0.0.1", door.port, timeout=10) as smtp:
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
