"""A mailbox on a real server, Dovecot: what is taken of it, and that it is left as it was."""

import asyncio
from datetime import timedelta
from hashlib import sha256

import pytest

from connectors.email import read
from connectors.email.config import First
from connectors.email.mailbox import look
from core.errors import ChannelUnavailable
from core.instants import utc_now
from emulators.proxy import Proxy
from emulators.relay import Relay
from emulators.waiting import until
from tests.connectors.email.dovecot import DovecotMailbox
from tests.connectors.email.letters import letter
from tests.connectors.email.mailbox.following import ADDRESS, Open, letters


class TestFirstLook:
    async def test_takes_nothing_that_lies_there_already_and_everything_after(
        self, box: DovecotMailbox, opened: Open
    ) -> None:
        box.deliver(*letters("old", "older"))
        following = opened()
        assert await following.look() == 0
        box.deliver(*letters("new"))
        await following.until(1)
        assert following.bodies == letters("new")

    @pytest.mark.parametrize(("first", "expected"), [("all", ["a", "b", "c"]), (7, ["b", "c"])])
    async def test_takes_what_the_settings_say(
        self, box: DovecotMailbox, opened: Open, first: First, expected: list[str]
    ) -> None:
        for text, days in (("a", 8), ("b", 6), ("c", 0)):
            box.deliver(*letters(text), at=utc_now() - timedelta(days=days))
        following = opened(first=first)
        await following.until(len(expected))
        assert following.bodies == letters(*expected)

    async def test_an_event_is_the_mail_itself_and_says_where_it_lies(self, box: DovecotMailbox, opened: Open) -> None:
        mail = b"From: =?\xff broken \r\nbytes \x80 of any kind\r\n\r\n.\r\n..\r\nno end"
        box.deliver(mail)
        following = await opened(first="all").until(1)
        (event,) = following.events
        assert event.body == mail
        assert event.key == sha256(mail).hexdigest()
        validity, uid = str(following.cursor).split(":")[:2]
        assert event.url == f"imap://{ADDRESS}/INBOX;UIDVALIDITY={validity};UID={uid}"

    async def test_what_comes_is_taken_in_order_and_nothing_is_changed(self, box: DovecotMailbox, opened: Open) -> None:
        texts = [f"m{number}" for number in range(120)]
        box.deliver(*letters(*texts))
        following = await opened(first="all").until(120)
        assert following.bodies == letters(*texts)
        assert not any(b"\\Seen" in flags for flags in box.flags())

    async def test_an_empty_mailbox_is_one(self, box: DovecotMailbox, opened: Open) -> None:
        following = opened(first="all", poll=0.1)
        await following.look()
        assert await following.look() == 0
        box.deliver(*letters("first of all"))
        await following.until(1)


class TestNews:
    async def test_a_mail_is_there_at_once_although_the_mailbox_is_looked_at_seldom(
        self, box: DovecotMailbox, opened: Open
    ) -> None:
        following = opened(poll=600.0)
        await following.look()
        looking = asyncio.create_task(following.look())
        for text in ("one", "two", "three"):
            box.deliver(*letters(text))
            assert await asyncio.wait_for(looking, 8) == 1
            looking = asyncio.create_task(following.look())
        assert following.bodies == letters("one", "two", "three")
        looking.cancel()

    async def test_a_connection_that_is_lost_while_it_waits_is_made_anew(
        self, box: DovecotMailbox, opened: Open
    ) -> None:
        async with Proxy("127.0.0.1", box.dovecot.port) as proxy:
            following = opened(port=proxy.port, poll=600.0)
            await following.look()
            looking = asyncio.create_task(following.look())
            await until(lambda: proxy.opened, "the connection")
            proxy.cut()
            box.deliver(*letters("meanwhile"))
            assert await asyncio.wait_for(looking, 8) == 1
        assert proxy.opened == 2
        assert following.bodies == letters("meanwhile")

    async def test_a_line_that_falls_silent_is_given_up(self, box: DovecotMailbox, opened: Open) -> None:
        async with Relay(box.dovecot.port) as relay:
            following = opened(port=relay.port, poll=0.3, timeout=0.5)
            await following.look()
            relay.freeze()
            with pytest.raises(ChannelUnavailable, match=r"does not answer|lost"):
                await asyncio.wait_for(following.look(), 8)
            relay.thaw()
            box.deliver(*letters("after it"))
            await following.until(1)

    async def test_a_line_on_which_it_drips_is_given_up_when_it_takes_too_long(
        self, box: DovecotMailbox, opened: Open
    ) -> None:
        box.deliver(letter("x" * 500_000))
        async with Proxy("127.0.0.1", box.dovecot.port) as proxy:
            proxy.next("drip")
            following = opened(port=proxy.port, first="all", longest=1.0)
            await following.until(1)
        assert len(following.failures) == 1
        assert "took too long" in following.failures[0]

    @pytest.mark.parametrize("kind", ["refuse", "stall", "mute", "reset_answer", "reset_request"])
    async def test_whatever_the_network_does_nothing_is_lost_or_doubled(
        self, box: DovecotMailbox, opened: Open, kind: str
    ) -> None:
        box.deliver(*letters("a", "b", "c"))
        async with Proxy("127.0.0.1", box.dovecot.port) as proxy:
            following = opened(port=proxy.port, first="all", timeout=0.5)
            # Each time a bit more passes: greeting, login, folder, search, fetch.
            for after in (30, 200, 700, 1200, 1500, 1800, 2200, 2600) if "reset" in kind else (0,):
                proxy.next(kind, after=after)
            await following.until(3)
        assert following.bodies == letters("a", "b", "c")
        assert following.failures


class TestAnotherProgram:
    async def test_what_it_removes_before_we_look_is_no_business_of_ours(
        self, box: DovecotMailbox, opened: Open
    ) -> None:
        box.deliver(*letters("a", "b", "c"))
        following = opened(first="all")
        await following.look()
        box.remove(2)
        with box.client() as client:
            client.select_folder("INBOX")
            client.delete_messages([1])  # waits to be removed
        await following.until(1)
        assert following.bodies == letters("c")

    async def test_a_folder_that_is_numbered_anew_is_read_again_but_not_what_was_left_out(
        self, box: DovecotMailbox, opened: Open
    ) -> None:
        box.deliver(*letters("left out"), at=utc_now() - timedelta(days=1))
        following = opened(poll=0.2)
        await following.look()
        box.deliver(*letters("taken"))
        await following.until(1)
        box.renumber()
        box.deliver(*letters("after"))
        await following.until(3)
        assert following.bodies == letters("taken", "taken", "after")
        assert len({event.key for event in following.events}) == 2
        assert await following.look() == 0

    async def test_a_folder_that_came_back_from_a_backup_loses_no_mail(self, box: DovecotMailbox, opened: Open) -> None:
        box.deliver(*letters("a"))
        following = await opened(first="all", poll=0.2).until(1)
        at = str(following.cursor).split(":")
        following.cursor = ":".join([at[0], "50", "50", at[3]])  # 50 mails were there before it was set back
        box.deliver(*letters("b"))
        await following.until(3)
        assert following.bodies == letters("a", "a", "b")


class TestTooLarge:
    async def test_of_a_mail_over_the_cap_the_headers_are_taken_and_it_keeps_nobody_waiting(
        self, box: DovecotMailbox, opened: Open
    ) -> None:
        box.deliver(*letters("before"), letter("x" * 200_000, Subject="Photos"), *letters("after"))
        following = await opened(first="all", largest=100_000).until(3)
        assert [following.bodies[0], following.bodies[2]] == letters("before", "after")
        note = read(following.bodies[1])
        assert note.subject == "Photos"
        assert "was not taken" in note.text
        assert len(following.bodies[1]) < 2000

    async def test_one_look_holds_no_more_than_fits(self, box: DovecotMailbox, opened: Open) -> None:
        box.deliver(*[letter("x" * 700_000) for _ in range(40)])
        following = opened(first="all")
        await following.look()
        sizes = []
        while len(following.events) < 40:
            count = await following.look()
            sizes.append(sum(len(event.body) for event in following.events[-count:]))
        assert max(sizes) <= look.MOST_BYTES
        assert len(sizes) == 2
