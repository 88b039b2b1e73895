"""Reaching a mailbox on a real server: encrypted or not at all, refused in words; and letting go of it again."""

import asyncio
import contextlib
import threading

import pytest

from connectors.contract import Feed
from connectors.email import EmailConfig, Mailbox
from connectors.email.mailbox import mailbox_feeds
from core.errors import AccountRefused, ChannelUnavailable
from emulators.proxy import Proxy
from emulators.waiting import until
from tests.connectors.email.dovecot import DovecotMailbox
from tests.connectors.email.mailbox.following import ADDRESS, Open, letters


class TestConnecting:
    @pytest.mark.parametrize("tls", ["tls", "starttls"])
    async def test_encrypted_or_by_starttls(self, box: DovecotMailbox, opened: Open, tls: str) -> None:
        port = box.dovecot.tls_port if tls == "tls" else box.dovecot.port
        box.deliver(*letters("sealed"))
        following = opened(port=port, tls=tls, ca_file=str(box.dovecot.ca_file), first="all")
        await following.until(1)
        looking = asyncio.create_task(following.look())
        box.deliver(*letters("sealed, too"))
        assert await asyncio.wait_for(looking, 8) == 1

    @pytest.mark.parametrize("tls", ["tls", "starttls"])
    async def test_a_certificate_that_nobody_vouches_for_gets_no_password(
        self, box: DovecotMailbox, opened: Open, tls: str
    ) -> None:
        port = box.dovecot.tls_port if tls == "tls" else box.dovecot.port
        with pytest.raises(ChannelUnavailable, match=r"certificate.*not trusted"):
            await opened(port=port, tls=tls).look()

    async def test_nor_one_of_another_name(self, box: DovecotMailbox, opened: Open) -> None:
        with pytest.raises(ChannelUnavailable, match=r"not valid for 'localhost'"):
            await opened(
                host="localhost", tls="tls", port=box.dovecot.tls_port, ca_file=str(box.dovecot.ca_file)
            ).look()

    async def test_tls_where_none_is_spoken_says_to_look_at_the_port(self, box: DovecotMailbox, opened: Open) -> None:
        with pytest.raises(ChannelUnavailable, match=r"right port"):
            await opened(tls="tls").look()

    async def test_a_wrong_password_is_said_and_not_tried_again_and_again(
        self, box: DovecotMailbox, opened: Open
    ) -> None:
        async with Proxy("127.0.0.1", box.dovecot.port) as proxy:
            following = opened(port=proxy.port, password="wrong")
            for _ in range(3):
                with pytest.raises(AccountRefused, match=rf"refused the login of {box.user}.*app password") as caught:
                    await following.look()
                assert "wrong" not in caught.value.message
        assert proxy.opened == 1

    async def test_a_password_of_any_letters_is_taken(self, opened: Open) -> None:
        with pytest.raises(AccountRefused, match=r"refused the login"):
            await opened(password='pässwörd "\\ Ω').look()

    async def test_a_folder_that_is_not_there_is_named_and_once_it_is_there_it_is_read(
        self, box: DovecotMailbox, opened: Open
    ) -> None:
        following = opened("Café", first="all")
        with pytest.raises(AccountRefused, match=r"no folder 'Café'"):
            await following.look()
        with box.client() as client:
            client.create_folder("Café")
            client.append("Café", *letters("un café"))
        await following.until(1)
        assert following.feed.account == f"{ADDRESS}/Café"
        assert following.events[0].url.startswith(f"imap://{ADDRESS}/Caf%C3%A9;UIDVALIDITY=")

    async def test_nobody_there_is_said(self, opened: Open) -> None:
        with pytest.raises(ChannelUnavailable, match=r"Nobody listens at 127\.0\.0\.1:1"):
            await opened(port=1).look()


class TestFeeds:
    def test_each_folder_of_each_mailbox_is_one_with_a_cursor_of_its_own(self, box: DovecotMailbox) -> None:
        read_by_imap = Mailbox("support@shop.example", imap=box.server(folders=("INBOX", "Claims")))
        config = EmailConfig((read_by_imap, Mailbox("office@shop.example")), b"0123456789abcdef")
        feeds = mailbox_feeds(config)
        assert [feed.account for feed in feeds] == ["support@shop.example", "support@shop.example/Claims"]
        assert all(isinstance(feed, Feed) for feed in feeds)

    async def test_a_look_that_is_cancelled_ends_its_connection_at_once(
        self, box: DovecotMailbox, opened: Open
    ) -> None:
        following = opened(poll=600.0)
        await following.look()
        before = threading.active_count()
        looking = asyncio.create_task(following.look())
        await asyncio.sleep(0)
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking
        box.deliver(*letters("for the next one"))
        await asyncio.wait_for(following.until(1), 8)  # the thread is free
        assert threading.active_count() == before

    async def test_a_closed_one_has_no_thread_and_looks_no_more(self, opened: Open) -> None:
        following = opened()
        await following.look()
        following.feed.close()
        await until(lambda: not following.feed.running, "the thread to end")
        with pytest.raises(RuntimeError):
            await following.look()
