"""What `threadline connect email` says of mailboxes and servers that work, and of those that do not."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.contract import Check, FetchedEvent
from connectors.email import EmailConfig, ImapServer, Mailbox, SmtpServer
from connectors.email.config import Listener
from connectors.email.judging.ours import Ours
from connectors.email.listening import listen
from connectors.email.setup import check
from emulators.loopback import free_port
from emulators.mail import MailServer
from emulators.mail import running as running_mail
from tests.connectors.email.dovecot import DovecotMailbox

ADDRESS = "support@shop.example"


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with running_mail(MailServer()) as server:
        yield server


def config(mailbox: Mailbox, *, authserv_id: str | None = "mx.shop.example") -> EmailConfig:
    return EmailConfig((mailbox,), b"a secret of some bytes", authserv_id=authserv_id)


async def nobody(event: FetchedEvent) -> None:
    raise AssertionError(event)


def told(found: Sequence[Check], part: str) -> Check:
    return next(each for each in found if part in each.what)


async def test_a_mailbox_and_a_server_that_work_are_said_to(box: DovecotMailbox, server: MailServer) -> None:
    box.deliver(b"Subject: one\r\n\r\n1", b"Subject: two\r\n\r\n2")
    smtp = SmtpServer(server.host, port=server.port, tls="none")

    found = await check(config(Mailbox(ADDRESS, imap=box.server(), smtp=smtp)))

    assert [each for each in found if not each.ok] == []
    assert told(found, "INBOX").what == (
        f"{ADDRESS}: INBOX opens, with 2 mails in it; the server tells of new mail at once."
    )


async def test_each_that_does_not_is_named_with_what_to_do(box: DovecotMailbox) -> None:
    wrong = replace(box.server(), password="wrong")
    nobody = SmtpServer("127.0.0.1", port=free_port(), tls="none", timeout=2)

    found = await check(config(Mailbox(ADDRESS, imap=wrong, smtp=nobody), authserv_id=None))

    assert {each.todo for each in found if not each.ok} >= {"Check EMAIL_IMAP_URL.", "Check EMAIL_SMTP_URL."}
    assert not told(found, "no sender is proven").ok
    assert "wrong" not in "".join(each.what for each in found)


async def test_a_server_that_is_not_there_and_an_address_that_carries_no_signature() -> None:
    gone = ImapServer("127.0.0.1", "u", "p", port=free_port(), tls="none", timeout=2)
    long = f"{'the-support-of-the-whole-house' * 2}@shop.example"

    found = await check(config(Mailbox(long, imap=gone)))

    assert told(found, "nothing can be sent").todo == "Set EMAIL_SMTP_URL."
    assert told(found, "too long to carry").todo
    assert sum(not each.ok for each in found) == 3


async def test_mail_that_is_forwarded_needs_no_mailbox() -> None:
    listener = Listener("127.0.0.1", "desk.shop.example", port=free_port())
    forwarded = replace(config(Mailbox(ADDRESS)), listener=listener)
    assert told(await check(forwarded), "nothing is fetched").ok
    assert told(await check(forwarded), "is free: the web process takes mail there").ok
    door = await listen(listener, Ours(frozenset((ADDRESS,))), (ADDRESS,), nobody)
    assert told(await check(forwarded), "(EMAIL_LISTEN): mail is taken there.").ok
    await door.close()
    nothing = told(await check(config(Mailbox(ADDRESS))), "no mail comes in")
    assert (nothing.ok, nothing.todo) == (False, "Set EMAIL_IMAP_URL or EMAIL_LISTEN.")


async def test_a_port_where_no_mail_can_be_taken_is_said_with_its_setting(server: MailServer, tmp_path: Path) -> None:
    taken = Listener(server.host, "desk.shop.example", port=server.port)
    (tmp_path / "no.pem").write_text("no certificate")

    async def said(listener: Listener) -> Check:
        return (await check(replace(config(Mailbox(ADDRESS)), listener=listener)))[-2]

    assert "(EMAIL_LISTEN): another program answers there" in (await said(taken)).what
    elsewhere = await said(replace(taken, host="192.0.2.1", port=free_port()))
    assert (elsewhere.ok, "192.0.2.1" in elsewhere.what, "EMAIL_LISTEN" in elsewhere.todo) == (False, True, True)
    spoilt = await said(replace(taken, certificate=str(tmp_path / "no.pem")))
    assert not spoilt.ok
    assert "no.pem (EMAIL_LISTEN_CERTIFICATE) cannot be used: it holds no certificate with its key" in spoilt.what
