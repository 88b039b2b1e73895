"""Mail handed to a real SMTP server, and every way in which that fails: each is named by what we do next."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.email.config import EmailConfig
from connectors.email.connector import EmailConnector
from connectors.email.sending.refusals import Stage, refusal
from core.errors import (
    AccountRefused,
    ChannelError,
    ChannelUnavailable,
    MessageRefused,
    OutcomeUnknown,
    RecipientGone,
)
from core.messages import Outbound, Party
from emulators.loopback import free_port
from emulators.mail import MailServer, running
from emulators.waiting import until
from tests.connectors.email.certificates import certificate
from tests.connectors.email.outgoing import CUSTOMER, OURS, SECRET, a_connector, a_file, a_letter, a_mailbox, a_message

STEPS = ("connect", "EHLO", "MAIL", "RCPT", "DATA", "lines")


@asynccontextmanager
async def desk(server: MailServer, **changes: Any) -> AsyncIterator[EmailConnector]:
    """The desk, and the mail server that it sends through."""
    async with running(server):
        connector = a_connector(server, **changes)
        try:
            yield connector
        finally:
            await connector.close()


async def failure(connector: EmailConnector, message: Outbound | None = None) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await connector.send(message or a_message())
    assert caught.value.message.endswith(".")
    return caught.value


def a_slow_message(server: MailServer) -> Outbound:
    """With a file whose second half comes when the server has hung up, or would have."""

    async def read() -> AsyncIterator[bytes]:
        yield b"x" * 100_000
        if server.faults.happened:
            await until(lambda: not server.sessions, "the server's hanging up")
        yield b"x" * 100_000

    return a_message(file=a_file(open=read, size=200_000))


class TestSent:
    async def test_arrives_as_it_was_written_and_the_receipt_names_it_by_its_own_id(self) -> None:
        server = MailServer()
        async with desk(server) as connector:
            message = a_message(".\n..\n.hidden\n\n.\nQUIT")
            receipt = await connector.send(message)
            (mail,) = server.mails
            assert mail.message["Message-ID"] == f"<{receipt.provider_id}>"
            assert message.message_id.hex in receipt.provider_id
            assert "\n.\n..\n.hidden\n\n.\nQUIT\n" in mail.text().replace("\r\n", "\n")
            assert (mail.sender, mail.recipients) == (OURS, (CUSTOMER,))

    async def test_an_automatic_one_has_no_sender_to_answer_to(self) -> None:
        server = MailServer()
        async with desk(server) as connector:
            await connector.send(a_message(letter=a_letter(automatic=True)))
            assert server.mails[0].sender == ""

    async def test_a_server_that_takes_nothing_without_a_sender_gets_ours(self) -> None:
        server = MailServer()
        server.faults.next("MAIL", code=550, text="5.7.1 Null sender not allowed")
        async with desk(server) as connector:
            await connector.send(a_message(letter=a_letter(automatic=True)))
            assert server.mails[0].sender == OURS
            assert server.mails[0].message["Auto-Submitted"] == "auto-generated"

    async def test_several_at_once_share_a_few_connections_which_are_used_again(self) -> None:
        server = MailServer()
        async with desk(server) as connector:
            for _ in range(3):
                await asyncio.gather(*(connector.send(a_message(f"number {number}")) for number in range(10)))
            assert len({mail.message["Message-ID"] for mail in server.mails}) == 30
            assert server.connections <= 4

    async def test_mailboxes_of_one_server_share_its_connections(self) -> None:
        server = MailServer()
        async with running(server):
            addresses = [f"desk{number}@shop.example" for number in range(3)]
            mailboxes = tuple(replace(a_mailbox(server), address=each) for each in addresses)
            connector = EmailConnector(EmailConfig(mailboxes, SECRET))
            await connector.prepare()
            await asyncio.gather(*(connector.send(a_message(account=addresses[each % 3])) for each in range(12)))
            await connector.close()
            assert Counter(mail.sender for mail in server.mails) == dict.fromkeys(addresses, 4)
            assert server.connections <= 4

    async def test_a_connection_that_has_died_meanwhile_is_made_anew(self) -> None:
        server = MailServer()
        async with desk(server) as connector:
            await connector.send(a_message())
            server.hang_up()
            await connector.send(a_message())
            assert (len(server.mails), server.connections) == (2, 2)

    async def test_letters_outside_ascii_need_a_server_that_takes_them(self) -> None:
        server, plain = MailServer(), MailServer(international=False)
        async with desk(server) as connector:
            await connector.send(a_message(to="mäx@müller.example"))
            assert server.mails[0].recipients == ("mäx@xn--mller-kva.example",)
        async with desk(plain) as connector:
            assert isinstance(await failure(connector, a_message(to="mäx@müller.example")), MessageRefused)
            await connector.send(a_message(to="max@müller.example"))
            assert plain.mails[0].recipients == ("max@xn--mller-kva.example",)

    async def test_of_a_large_file_no_more_is_read_than_the_server_takes(self) -> None:
        piece, pieces, given = bytes(256 * 1024), 80, 0

        async def read() -> AsyncIterator[bytes]:
            nonlocal given
            for given in range(1, pieces + 1):  # noqa: B007 - how far it came is the question
                yield piece

        server = MailServer()
        server.faults.next("lines", delay=0.3, reset=True)  # it reads next to nothing; the network holds some megabytes
        async with desk(server) as connector:
            file = a_file(open=read, size=pieces * len(piece))
            assert type(await failure(connector, a_message(file=file))) is ChannelUnavailable
            assert 0 < given < pieces * 3 // 4


class TestEncrypted:
    @pytest.mark.parametrize("tls", ["tls", "starttls"])
    async def test_speaks_tls_and_logs_in(self, tls: str, tmp_path: Path) -> None:
        trusted, shown = certificate(tmp_path)
        server = MailServer(users={"desk": "hush"})
        async with running(server, tls=shown, at_once=tls == "tls"):
            connector = a_connector(server, tls=tls, ca_file=str(trusted), user="desk", password="hush")
            await connector.send(a_message())
            await connector.send(a_message(file=a_file(b"x" * 500_000)))
            await connector.close()
            assert [(mail.user, mail.encrypted) for mail in server.mails] == [("desk", True)] * 2

    @pytest.mark.parametrize("tls", ["tls", "starttls"])
    async def test_a_certificate_that_nobody_vouches_for_gets_no_password(self, tls: str, tmp_path: Path) -> None:
        _, shown = certificate(tmp_path)
        server = MailServer(users={"desk": "hush"})
        async with running(server, tls=shown, at_once=tls == "tls"):
            connector = a_connector(server, tls=tls, user="desk", password="hush")
            found = await failure(connector)
            assert isinstance(found, ChannelUnavailable)
            assert "certificate" in found.message
            await connector.close()

    async def test_a_server_that_offers_no_encryption_gets_no_password(self) -> None:
        server = MailServer(users={"desk": "hush"})
        async with desk(server, tls="starttls", user="desk", password="hush") as connector:
            found = await failure(connector)
            assert isinstance(found, ChannelUnavailable)
            assert "encryption" in found.message


class TestRecipients:
    async def test_copies_that_are_refused_are_named_and_the_others_get_it(self) -> None:
        server = MailServer()
        server.refuse("gone@customer.example")
        copies = (Party("gone@customer.example"), Party("b@customer.example"), Party("nobody"))
        async with desk(server) as connector:
            receipt = await connector.send(a_message(letter=a_letter(cc=copies)))
            assert server.mails[0].recipients == (CUSTOMER, "b@customer.example")
            assert receipt.note is not None
            assert "gone@customer.example (550 5.1.1 No such user here)" in receipt.note
            assert "nobody" in receipt.note
            assert "b@customer.example" not in receipt.note
            assert receipt.gone == (("gone@customer.example", "550 5.1.1 No such user here"),)

    async def test_a_copy_whose_mailbox_is_full_is_not_gone(self) -> None:
        server = MailServer()
        server.refuse("b@customer.example", "552 5.2.2 Mailbox full")
        async with desk(server) as connector:
            receipt = await connector.send(a_message(letter=a_letter(cc=(Party("b@customer.example"),))))
            assert receipt.note is not None
            assert receipt.gone == ()

    async def test_where_the_customer_is_refused_nobody_gets_it(self) -> None:
        server = MailServer()
        server.refuse(CUSTOMER)
        async with desk(server) as connector:
            found = await failure(connector, a_message(letter=a_letter(cc=(Party("b@customer.example"),))))
            assert isinstance(found, RecipientGone)
            assert server.mails == []
            await connector.send(a_message(to="other@customer.example"))  # on the same connection
            assert (server.mails[0].recipients, server.connections) == (("other@customer.example",), 1)

    @pytest.mark.parametrize(
        ("answer", "meant"),
        [
            ("550 5.1.1 No such user here", RecipientGone),
            ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", RecipientGone),
            ("550 5.2.1 The account is disabled", RecipientGone),
            ("553 5.1.2 No such domain", RecipientGone),
            ("550 no such user", RecipientGone),
            ("550 Requested action not taken: mailbox unavailable", MessageRefused),
            ("550 5.2.1 This user is receiving mail at a rate that prevents more", MessageRefused),
            ("550 5.1.0 <dana@customer.example>: Recipient address rejected: User unknown", RecipientGone),
            ("550 5.5.0 Requested action not taken: mailbox unavailable", MessageRefused),
            ("550 <dana@customer.example>: Recipient address rejected: User unknown", RecipientGone),
            ("550 5.7.1 Relaying denied", MessageRefused),
            ("550 Blocked by our policy", MessageRefused),
            ("554 5.7.1 Service unavailable; client host blocked", MessageRefused),
            ("552 5.2.2 Mailbox full", MessageRefused),
            ("552 Requested mail action aborted", MessageRefused),
            ("450 4.2.1 Greylisted", ChannelUnavailable),
            ("451 4.3.0 Try again", ChannelUnavailable),
            ("452 4.2.2 Mailbox full", ChannelUnavailable),
            ("530 5.7.0 Authentication required", AccountRefused),
        ],
    )
    async def test_a_refusal_is_named_by_what_we_do_next(self, answer: str, meant: type[ChannelError]) -> None:
        server = MailServer()
        server.refuse(CUSTOMER, answer)
        async with desk(server) as connector:
            found = await failure(connector)
            assert type(found) is meant
            assert answer.rstrip(".") in found.message
            assert server.mails == []


class TestFailures:
    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize("trait", ["reset", "hang_up"])
    async def test_a_connection_that_breaks_before_the_end_has_sent_nothing(self, step: str, trait: str) -> None:
        server = MailServer()
        server.faults.next(step, **{trait: True})
        async with desk(server) as connector:
            assert type(await failure(connector, a_slow_message(server))) is ChannelUnavailable
            assert server.mails == []
            await connector.send(a_message())
            assert len(server.mails) == 1

    @pytest.mark.parametrize("trait", ["drop_reply", "reset_after", "cut_answer"])
    async def test_one_that_breaks_after_the_end_may_have_sent_it(self, trait: str) -> None:
        server = MailServer()
        server.faults.next("content", **{trait: True})
        async with desk(server) as connector:
            assert type(await failure(connector)) is OutcomeUnknown
            assert len(server.mails) == 1

    @pytest.mark.parametrize("trait", ["reset", "hang_up"])
    async def test_after_the_end_nobody_knows_whether_it_was_taken(self, trait: str) -> None:
        server = MailServer()
        server.faults.next("content", **{trait: True})
        async with desk(server) as connector:
            assert type(await failure(connector)) is OutcomeUnknown

    @pytest.mark.parametrize(
        ("step", "fault", "meant"),
        [
            ("connect", {"code": 554, "text": "No SMTP service here"}, ChannelUnavailable),
            ("connect", {"code": 421, "text": "Too many connections"}, ChannelUnavailable),
            ("EHLO", {"code": 421, "text": "4.3.2 Shutting down"}, ChannelUnavailable),
            ("MAIL", {"code": 451, "text": "4.3.0 Local error"}, ChannelUnavailable),
            ("MAIL", {"code": 421, "text": "4.7.0 Too many mails"}, ChannelUnavailable),
            ("MAIL", {"code": 553, "text": "5.7.1 Sender address rejected: not owned by user"}, AccountRefused),
            ("MAIL", {"code": 552, "text": "5.3.4 Message size exceeds fixed limit"}, MessageRefused),
            ("RCPT", {"code": 421, "text": "4.7.0 Too many recipients"}, ChannelUnavailable),
            ("DATA", {"code": 451, "text": "4.3.0 Queue is full"}, ChannelUnavailable),
            ("DATA", {"code": 250, "text": "2.0.0 OK"}, ChannelUnavailable),
            ("DATA", {"code": 554, "text": "5.5.1 No valid recipients"}, MessageRefused),
            ("lines", {"code": 552, "text": "5.3.4 Too much mail data"}, MessageRefused),
            ("lines", {"code": 421, "text": "4.4.2 Idle"}, ChannelUnavailable),
            ("lines", {"code": 250, "text": "2.0.0 OK"}, ChannelUnavailable),
            ("content", {"code": 451, "text": "4.7.1 Greylisted"}, ChannelUnavailable),
            ("content", {"code": 421, "text": "4.3.2 Shutting down"}, ChannelUnavailable),
            ("content", {"code": 554, "text": "5.7.1 Rejected as spam"}, MessageRefused),
            ("content", {"code": 552, "text": "Message too large"}, MessageRefused),
            ("content", {"code": 550, "text": "5.1.1 No such user"}, RecipientGone),
            ("content", {"code": 550, "text": "5.7.60 Client may not send as this sender"}, AccountRefused),
            ("content", {"code": 354, "text": "What?"}, OutcomeUnknown),
        ],
    )
    async def test_each_answer_is_named_by_what_we_do_next(
        self, step: str, fault: dict[str, Any], meant: type[ChannelError]
    ) -> None:
        server = MailServer()
        server.faults.next(step, **fault)
        async with desk(server) as connector:
            assert type(await failure(connector, a_slow_message(server) if step == "lines" else a_message())) is meant
            assert server.mails == []
            await connector.send(a_message())
            assert len(server.mails) == 1

    @pytest.mark.parametrize(
        ("stage", "words", "size", "meant"),
        [
            (Stage.RECIPIENT, "Requested mail action aborted", 0, "is full"),
            (Stage.RECIPIENT, "5.0.0 Over quota", 9_900, "is full"),
            (Stage.RECIPIENT, "5.3.4 Too big for this one", 0, "in several mails"),
            (Stage.SENDER, "Requested mail action aborted", 0, "in several mails"),
            (Stage.CONTENT, "Requested mail action aborted", 9_900, "in several mails"),
            (Stage.CONTENT, "Message size exceeds the limit", 0, "in several mails"),
            (Stage.CONTENT, "Requested mail action aborted", 100, "was refused (552 Requested mail action aborted)"),
            (Stage.CONTENT, "5.7.0 This message was blocked: its content is unsafe", 9_900, "was refused (552 5.7.0"),
            (Stage.CONTENT, "5.2.2 Message is over quota limit", 9_900, "is full"),
        ],
    )
    def test_552_is_said_of_large_mails_and_of_full_mailboxes(
        self, stage: Stage, words: str, size: int, meant: str
    ) -> None:
        found = refusal(stage, 552, words, about=CUSTOMER, size=size, most=10_000)
        assert type(found) is MessageRefused
        assert meant in found.message

    async def test_of_several_recipients_a_last_refusal_condemns_none(self) -> None:
        server = MailServer()
        server.faults.next("content", code=550, text="5.1.1 No such user")
        async with desk(server) as connector:
            letter = a_letter(cc=(Party("b@customer.example"),))
            assert type(await failure(connector, a_message(letter=letter))) is MessageRefused

    async def test_who_is_greylisted_comes_back_after_minutes(self) -> None:
        server = MailServer()
        server.faults.add("RCPT", "greylisted")
        async with desk(server) as connector:
            found = await failure(connector)
            assert isinstance(found, ChannelUnavailable)
            assert found.retry_after == 120
            assert connector.limits.patience.days == 4

    async def test_a_wrong_password_is_an_admins_to_mend(self) -> None:
        async with desk(MailServer(users={"desk": "hush"}), user="desk", password="wrong") as connector:
            found = await failure(connector)
            assert type(found) is AccountRefused
            assert found.resendable
            assert "wrong" not in found.message

    async def test_a_login_that_is_refused_for_now_is_tried_again(self) -> None:
        server = MailServer(users={"desk": "hush"})
        server.faults.next("AUTH", code=454, text="4.7.0 Temporary authentication failure", times=2)
        async with desk(server, user="desk", password="hush") as connector:
            assert type(await failure(connector)) is ChannelUnavailable

    async def test_a_server_that_is_not_there_has_got_nothing(self) -> None:
        server = MailServer()
        server.port = free_port()
        connector = a_connector(server)
        assert type(await failure(connector)) is ChannelUnavailable

    @pytest.mark.parametrize("step", ["connect", "MAIL", "DATA"])
    async def test_a_server_that_does_not_answer_in_time_has_got_nothing(self, step: str) -> None:
        server = MailServer()
        server.faults.next(step, delay=30.0)
        async with desk(server, timeout=0.2) as connector:
            assert type(await failure(connector)) is ChannelUnavailable

    async def test_a_mail_over_the_servers_limit_is_refused_before_it_is_sent(self) -> None:
        server = MailServer(largest=1_000_000)
        async with desk(server) as connector:
            found = await failure(connector, a_message(file=a_file(b"x" * 900_000)))
            assert type(found) is MessageRefused
            assert "1.0 MB" in found.message
            await connector.send(a_message(file=a_file(b"x" * 500_000)))
            assert len(server.mails) == 1

    async def test_a_file_that_cannot_be_read_sends_no_half_of_it(self) -> None:
        async def broken() -> AsyncIterator[bytes]:
            yield b"x" * 200_000
            raise OSError("the disk is gone")

        server = MailServer()
        async with desk(server) as connector:
            assert type(await failure(connector, a_message(file=a_file(open=broken)))) is ChannelUnavailable
            await connector.send(a_message())
            assert len(server.mails) == 1

    async def test_one_that_is_given_up_in_the_middle_leaves_no_half_of_it(self) -> None:
        begun = asyncio.Event()

        async def endless() -> AsyncIterator[bytes]:
            yield b"x" * 200_000
            begun.set()
            await asyncio.Event().wait()

        server = MailServer()
        async with desk(server) as connector:
            sending = asyncio.create_task(connector.send(a_message(file=a_file(open=endless))))
            await begun.wait()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            await connector.send(a_message())
            await until(lambda: server.connections == 2, "another connection")
            assert len(server.mails) == 1

    @pytest.mark.parametrize("account", ["other@shop.example", ""])
    async def test_nothing_is_sent_from_an_address_that_has_no_server(self, account: str) -> None:
        async with desk(MailServer()) as connector:
            message = Outbound(a_message().message_id, account, CUSTOMER, "Hello")
            assert type(await failure(connector, message)) is AccountRefused


class TestChance:
    @pytest.mark.parametrize("seed", range(3))
    async def test_whatever_happens_what_is_said_of_a_mail_is_true(self, seed: int) -> None:
        server = MailServer()
        server.faults.at_random(seed, 0.15, longest=0.01)
        became: dict[str, str] = {}
        async with desk(server) as connector:

            async def send(message: Outbound) -> None:
                try:
                    await connector.send(message)
                except ChannelError as error:
                    became[message.message_id.hex] = type(error).__name__
                else:
                    became[message.message_id.hex] = "sent"

            messages = [a_message(file=a_file(b"x" * 5000) if number % 3 == 0 else None) for number in range(120)]
            for start in range(0, len(messages), 12):
                await asyncio.gather(*(send(message) for message in messages[start : start + 12]))
            server.faults.calm()
            await connector.send(a_message())
        there = Counter(mail.message["Message-ID"][12:44] for mail in server.mails)
        assert {"sent"} <= set(became.values()) <= {"sent", "ChannelUnavailable", "OutcomeUnknown"}
        assert server.faults.happened.total() > 20
        for message, state in became.items():
            assert there[message] in {"sent": (1,), "ChannelUnavailable": (0,), "OutcomeUnknown": (0, 1)}[state]
        assert sum(state == "OutcomeUnknown" for state in became.values()) < 30
