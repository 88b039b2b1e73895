"""A mail through the whole program: to a ticket, the answer out by SMTP, and the customer's answer back."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256

import asyncpg
import pytest

from app.inbox import open_gate
from app.processes import worker
from app.settings import Settings
from app.wiring import services
from connectors.email import read
from core.instants import utc_now
from emulators.mail import MailServer
from emulators.mail import running as running_mail
from emulators.waiting import until
from storage.engine import plain_dsn
from tests.connectors.email.letters import letter, multipart
from tests.storage.desk import OneIssue
from ticketing.people.person import Role

URL = "imap://support@shop.example/INBOX;UIDVALIDITY=1;UID=1"


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with running_mail(MailServer()) as server:
        yield server


async def test_a_mail_becomes_a_ticket_its_answer_a_mail_and_the_answer_to_that_goes_on(
    database: str, server: MailServer, tmp_path: object
) -> None:
    settings = Settings(
        _env_file=None,
        burst_seconds=0.05,
        undo_seconds=0,
        secret_key="sixteen letters or more",
        email_address="Shop <support@shop.example>",
        email_aliases="desk@shop.example",
        email_smtp_url=f"smtp://{server.host}:{server.port}",
        attachments_url=f"file://{tmp_path}",
    )
    stop = asyncio.Event()
    working = asyncio.create_task(worker.run(settings, database, stop, brain=OneIssue()))
    gate = await open_gate(database)
    admin = await asyncpg.connect(plain_dsn(database))

    async def arrives(raw: bytes) -> bool:
        return await gate.accept(channel="email", key=sha256(raw).hexdigest(), url=URL, body=raw, now=utc_now())

    try:
        content_type, body = multipart(
            "Content-Type: text/plain\n\nIt arrived broken.",
            'Content-Type: text/plain; name="order.txt"\nContent-Disposition: attachment; filename="order.txt"\n\n4711',
        )
        first = letter(body, Content_Type=content_type)
        assert await arrives(first)
        assert not await arrives(first), "known by its bytes"

        ticket = await until(
            lambda: admin.fetchrow("SELECT id, subject, conversation_id FROM ticket"), "the ticket", patience=30
        )
        assert ticket["subject"].startswith("Broken mug")
        file = await until(
            lambda: admin.fetchrow("SELECT name, size FROM attachment WHERE state = 'stored'"), "its file", patience=30
        )
        assert (file["name"], file["size"]) == ("order.txt", 4)

        async with services(settings, database) as made:
            mia = await made.desk.add_person("Mia", "mia@shop.example", Role.AGENT)
            await made.desk.reply(ticket["id"], "We send a *new* one.", by=mia, request="r1")
        (taken,) = await server.taken(1)
        sent = read(taken.content)
        assert taken.recipients == ("dana@customer.example",)
        assert (sent.subject, sent.references) == ("Re: Broken mug", ("m1@customer.example",))
        assert "We send a *new* one." in sent.text

        answer = letter(
            "Thank you!\n\nOn Mon, 23 Nov 2026 at 11:00, Shop <support@shop.example> wrote:\n> We send a new one.\n",
            Message_ID="<m2@customer.example>",
            To=sent.reply_to[0].address,
            Subject="Re: Broken mug",
            From="Dana's sister <sister@elsewhere.example>",
        )
        assert await arrives(answer)
        row = await until(
            lambda: admin.fetchrow("SELECT * FROM message WHERE text = 'Thank you!'"), "the answer", patience=30
        )
        assert row["conversation_id"] == ticket["conversation_id"]
        assert row["author_address"] == "sister@elsewhere.example"
    finally:
        await admin.close()
        await gate.close()
        stop.set()
        await asyncio.wait_for(working, 20)
