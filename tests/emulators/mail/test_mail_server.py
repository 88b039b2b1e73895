"""The mail server on localhost, driven by the standard library's client, which knows nothing of ours."""

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeAlias, TypeVar

import pytest
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope

from emulators.mail import MailServer, by_lmtp, by_smtp, into_maildir, running
from emulators.mail.faults import MENU, STATES

T = TypeVar("T")
Refused: TypeAlias = dict[str, tuple[int, bytes]]
LETTER = "From: Dana <dana@customer.example>\r\nTo: desk@shop.example\r\nSubject: Hi\r\n\r\nHello\r\n.\r\n..x\r\n"
FORGED = "Authentication-Results: mx.shop.example;\r\n dmarc=pass header.from=customer.example\r\n"
SENDER, DESK = "dana@customer.example", "desk@shop.example"


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with running(MailServer()) as server:
        yield server


async def said(server: MailServer, talk: Callable[[smtplib.SMTP], T]) -> T:
    """What a client in a thread of its own makes of the server."""

    def connect() -> T:
        with smtplib.SMTP(server.host, server.port, timeout=10) as client:
            return talk(client)

    return await asyncio.to_thread(connect)


async def send(
    server: MailServer, *to: str, sender: str = SENDER, letter: str = LETTER
) -> dict[str, tuple[int, bytes]]:
    return await said(server, lambda client: client.sendmail(sender, list(to or (DESK,)), letter))


class TestTaking:
    async def test_a_mail_is_remembered_as_it_was_written(self, server: MailServer) -> None:
        await send(server, DESK, "b@shop.example")
        (mail,) = server.mails
        assert (mail.sender, mail.recipients) == (SENDER, (DESK, "b@shop.example"))
        assert mail.content == LETTER.encode()
        assert mail.text().splitlines() == ["Hello", ".", "..x"]
        assert server.to(DESK) == [mail]

    async def test_who_has_to_log_in_does_so_with_the_right_password(self) -> None:
        async with running(MailServer(users={"desk": "hush"})) as server:
            with pytest.raises(smtplib.SMTPSenderRefused):
                await send(server)
            with pytest.raises(smtplib.SMTPAuthenticationError):
                await said(server, lambda client: client.login("desk", "wrong"))
            await said(server, lambda client: (client.login("desk", "hush"), client.sendmail(SENDER, DESK, LETTER)))
            assert [mail.user for mail in server.mails] == ["desk"]

    async def test_recipients_are_refused_one_by_one(self, server: MailServer) -> None:
        server.refuse("gone@shop.example")
        refused = await send(server, "gone@shop.example", DESK)
        assert refused == {"gone@shop.example": (550, b"5.1.1 No such user here")}
        assert server.mails[0].recipients == (DESK,)

    async def test_a_mail_over_its_limit_is_refused(self) -> None:
        async with running(MailServer(largest=1000)) as server:
            with pytest.raises(smtplib.SMTPSenderRefused, match="552"):
                await send(server, letter=LETTER + "x" * 1000)
            assert server.mails == []


class TestFaults:
    @pytest.mark.parametrize("step", ["connect", "EHLO", "MAIL", "RCPT", "DATA", "lines"])
    @pytest.mark.parametrize("trait", ["reset", "hang_up"])
    async def test_before_the_end_nothing_is_taken(self, server: MailServer, step: str, trait: str) -> None:
        server.faults.next(step, **{trait: True})
        with pytest.raises(OSError, match=r"."):
            await send(server, letter=LETTER * 5)
        assert server.mails == []
        await send(server)
        assert len(server.mails) == 1

    @pytest.mark.parametrize("name", ["reply_lost", "reset_after"])
    async def test_a_lost_answer_is_to_a_mail_that_was_taken(self, server: MailServer, name: str) -> None:
        server.faults.add("content", name)
        with pytest.raises(OSError, match=r"."):
            await send(server)
        assert len(server.mails) == 1

    @pytest.mark.parametrize("name", sorted(STATES))
    async def test_states_are_laid_out_by_name(self, server: MailServer, name: str) -> None:
        server.faults.add("content", name)
        with pytest.raises(smtplib.SMTPDataError, match=str(STATES[name].code)):
            await send(server)
        assert server.faults.happened == {name: 1}

    def test_chance_draws_what_passes_and_no_states(self) -> None:
        assert not set(MENU) & set(STATES)
        assert all(fault.code is None or fault.code < 500 for fault in MENU.values())


class TestDelivery:
    async def test_mail_lies_whole_in_the_maildir_of_its_recipient(self, server: MailServer, tmp_path: Path) -> None:
        server.bring(DESK, into_maildir(tmp_path / "desk"))
        await send(server, "desk+t.x@shop.example", "elsewhere@shop.example")
        await server.settled()
        (found,) = (tmp_path / "desk" / "new").iterdir()
        trace, _, content = found.read_bytes().partition(b"From: Dana")
        assert b"From: Dana" + content == LETTER.encode()
        assert b"Return-Path: <dana@customer.example>\r\nDelivered-To: desk+t.x@shop.example\r\n" in trace
        assert not list((tmp_path / "desk" / "tmp").iterdir())

    async def test_another_server_gets_it_with_its_envelope(self, server: MailServer) -> None:
        async with running(MailServer()) as other:
            server.bring("@shop.example", by_smtp(other.host, other.port))
            await send(server, sender="")
            await server.settled()
            assert [(mail.sender, mail.recipients) for mail in other.mails] == [("", (DESK,))]

    async def test_a_mailbox_server_gets_it_by_lmtp(self, server: MailServer) -> None:
        taken: list[tuple[str | None, list[str], bytes | None]] = []

        class Handler:
            async def handle_DATA(self, _smtp: object, _session: object, envelope: Envelope) -> str:
                taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
                return "250 OK"

        loop = asyncio.get_running_loop()
        mailboxes = await loop.create_server(lambda: LMTP(Handler(), hostname="mailboxes", loop=loop), "127.0.0.1", 0)
        server.bring(DESK, by_lmtp("127.0.0.1", mailboxes.sockets[0].getsockname()[1]))
        await send(server)
        await server.settled()
        mailboxes.close()
        ((sender, recipients, content),) = taken
        assert (sender, recipients) == (SENDER, [DESK])
        assert content is not None
        assert content.endswith(LETTER.encode())

    async def test_it_says_whose_domain_stands_behind_a_mail_and_lets_nobody_else_say_so(self, tmp_path: Path) -> None:
        server = MailServer(authserv_id="mx.shop.example")
        server.bring(DESK, into_maildir(tmp_path))
        async with running(server):
            for vouched in ((), ("customer.example",)):
                server.vouched = set(vouched)
                await send(server, letter=FORGED + LETTER)
                await server.settled()
        first, second = (path.read_bytes() for path in sorted((tmp_path / "new").iterdir()))
        assert (first.count(b"Authentication-Results"), first.count(b"dmarc=none")) == (1, 1)
        assert (second.count(b"Authentication-Results"), second.count(b"dmarc=pass")) == (1, 1)

    async def test_what_cannot_be_delivered_comes_back_to_its_sender_and_a_bounce_does_not(
        self, server: MailServer
    ) -> None:
        server.bounce("gone@customer.example", "5.1.1", "No such user")
        await send(server, "gone@customer.example", sender=DESK)
        await send(server, "gone@customer.example", sender="")
        await server.settled()
        (back,) = server.to(DESK)
        assert back.sender == ""
        report = list(back.message.walk())
        assert back.message["Content-Type"].params["report-type"] == "delivery-status"
        assert "Status: 5.1.1" in next(str(part) for part in report if "delivery-status" in part.get_content_type())

    async def test_a_mailbox_that_takes_nothing_is_told_of(self, server: MailServer) -> None:
        async def broken(*_: object) -> None:
            raise OSError("the disk is full")

        server.retries = (0.0,)
        server.bring(DESK, broken)
        await send(server)
        await server.settled()
        assert server.undelivered == [(DESK, "the disk is full")]
