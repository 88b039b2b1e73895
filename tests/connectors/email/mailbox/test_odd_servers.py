"""What servers do that Dovecot never would: mails that cannot be handed over, goodbyes, answers that make no sense."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.email import read
from connectors.email.mailbox import MailboxFeed, look, notes
from core.errors import AccountRefused, ChannelUnavailable
from emulators.waiting import until
from tests.connectors.email.letters import letter
from tests.connectors.email.mailbox.following import ADDRESS, Following, Open
from tests.connectors.email.mailbox.scripted import ScriptedImap

MAILS = {uid: letter(f"mail {uid}", Message_ID=f"<{uid}@customer.example>") for uid in (3, 5, 8, 9)}


@pytest.fixture
async def server() -> AsyncIterator[ScriptedImap]:
    async with ScriptedImap(MAILS) as server:
        yield server


@pytest.fixture
def opened(server: ScriptedImap) -> Open:
    def open_feed(*, largest: int = 2**20, **changed: Any) -> Following:
        return Following(MailboxFeed(ADDRESS, server.server(first="all", **changed), largest=largest))

    return open_feed


class TestBrokenMails:
    @pytest.mark.parametrize("wrong", ["nil", "omitted", "garbage", "refused", "gone", "cut"])
    async def test_one_that_never_comes_is_left_out_with_a_note_and_the_others_come(
        self, server: ScriptedImap, opened: Open, wrong: str
    ) -> None:
        server.broken[5] = wrong
        following = await opened().until(4)
        assert [following.bodies[at] for at in (0, 2, 3)] == [MAILS[3], MAILS[8], MAILS[9]]
        note = read(following.bodies[1])
        assert "could not hand it over" in note.text
        assert "UID 5" in note.text
        assert note.headers.raw(notes.NOT_TAKEN.lower()) == "unreadable; uid=5"
        assert len(following.failures) >= look.TRIES

    @pytest.mark.parametrize("wrong", ["nil body", "cut body"])
    async def test_whose_headers_come_at_least_keeps_its_sender(
        self, server: ScriptedImap, opened: Open, wrong: str
    ) -> None:
        server.broken[5] = wrong
        following = await opened().until(4)
        note = read(following.bodies[1])
        assert note.message_id == "5@customer.example"
        assert "could not hand it over" in note.text

    async def test_one_that_was_deleted_after_we_searched_is_left_out(self, server: ScriptedImap, opened: Open) -> None:
        server.broken[5] = "deleted"
        assert (await opened().until(3)).bodies == [MAILS[3], MAILS[8], MAILS[9]]

    async def test_one_that_comes_at_last_is_taken_whole(self, server: ScriptedImap, opened: Open) -> None:
        server.broken[5] = "nil"
        following = opened()
        with pytest.raises(AssertionError):
            await following.until(2, tries=look.TRIES - 2)
        del server.broken[5]
        assert (await following.until(4)).bodies == list(MAILS.values())

    async def test_what_is_much_shorter_than_it_should_be_is_asked_for_again_and_then_believed(
        self, server: ScriptedImap, opened: Open
    ) -> None:
        server.broken[5] = "short"
        following = await opened().until(4)
        assert following.bodies[1] == MAILS[5][: len(MAILS[5]) // 3]
        assert server.said("UID FETCH 5 (BODY.PEEK[])") >= look.TRIES

    async def test_one_that_is_much_longer_than_the_server_said_is_not_taken_either(
        self, server: ScriptedImap, opened: Open
    ) -> None:
        server.mails[5] = letter("x" * 5000)
        server.broken[5] = "lies"
        following = await opened(largest=1000).until(4)
        assert read(following.bodies[1]).headers.raw(notes.NOT_TAKEN.lower()).startswith("too-large")

    async def test_a_server_that_is_away_for_long_costs_no_mail(self, server: ScriptedImap, opened: Open) -> None:
        server.login = "NO [UNAVAILABLE] the storage is away"
        following = opened()
        for _ in range(3 * look.TRIES):
            with pytest.raises(ChannelUnavailable, match=r"storage is away"):
                await following.look()
        server.login = "OK logged in"
        assert (await following.until(4)).bodies == list(MAILS.values())


class TestIdle:
    @pytest.mark.parametrize("idle", ["bye", "cut", "silent"])
    async def test_after_a_goodbye_and_an_end_without_one_it_connects_anew(
        self, server: ScriptedImap, opened: Open, idle: str
    ) -> None:
        following = await opened(timeout=0.3, poll=0.3).until(4)
        server.idle = idle
        assert await asyncio.wait_for(following.look(), 8) == 0
        assert server.said("LOGIN") == 2
        server.idle = "wait"
        server.idling.clear()
        looking = asyncio.create_task(following.look())
        await server.idling.wait()
        server.add(20, letter("after lunch"))
        assert await asyncio.wait_for(looking, 8) == 1

    async def test_one_that_is_gone_for_good_is_said(self, server: ScriptedImap, opened: Open) -> None:
        following = await opened(poll=0.3).until(4)
        server.idle, server.greeting = "bye", "* BYE going down for lunch"
        with pytest.raises(ChannelUnavailable, match=r"going down for lunch"):
            await asyncio.wait_for(following.look(), 8)

    async def test_news_that_are_none_are_not_asked_for_without_a_pause(
        self, server: ScriptedImap, opened: Open
    ) -> None:
        following = await opened(poll=600.0).until(4)
        server.idle = "news"
        looking = asyncio.create_task(following.look())
        began = asyncio.get_running_loop().time()
        await until(lambda: server.said("IDLE") >= 2, "the second question")
        assert asyncio.get_running_loop().time() - began > 0.8
        server.add(20, letter("real news"))
        assert await asyncio.wait_for(looking, 8) == 1
        assert server.said("LOGIN") == 1

    async def test_a_connection_that_ended_between_two_looks_is_made_anew(
        self, server: ScriptedImap, opened: Open
    ) -> None:
        following = await opened().until(4)
        server.hang_up()
        server.add(20, letter("later"))
        assert await following.look() == 1
        assert server.said("LOGIN") == 2

    @pytest.mark.parametrize("idle", ["refuse", "early"])
    async def test_a_server_that_cannot_do_it_although_it_says_so_is_looked_at_now_and_then(
        self, server: ScriptedImap, opened: Open, idle: str
    ) -> None:
        server.idle = idle
        following = await opened(poll=0.2).until(4)
        for _ in range(5):
            assert await following.look() == 0
        assert server.said("IDLE") == 3
        server.add(20, letter("later"))
        await following.until(5)

    @pytest.mark.parametrize("lacks", ["IDLE", "news"])
    async def test_a_server_without_it_or_that_forgets_to_tell_is_looked_at_now_and_then(
        self, server: ScriptedImap, opened: Open, lacks: str
    ) -> None:
        server.capability = "IMAP4rev1" if lacks == "IDLE" else server.capability
        server.idle = "forgetful"
        following = await opened(poll=0.3).until(4)
        assert await following.look() == 0
        server.add(20, letter("later"))
        await following.until(5)
        assert (server.said("IDLE") == 0) == (lacks == "IDLE")
        assert server.said("LOGIN") == 1

    async def test_a_look_that_is_cancelled_while_it_waits_leaves_no_connection(
        self, server: ScriptedImap, opened: Open
    ) -> None:
        following = await opened(poll=600.0).until(4)
        looking = asyncio.create_task(following.look())
        await server.idling.wait()
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait_for(looking, 1)
        await asyncio.wait_for(server.ended.wait(), 5)
        server.add(20, letter("for the next one"))
        await following.until(5)

    async def test_closing_ends_a_look_that_waits_and_the_thread(self, server: ScriptedImap, opened: Open) -> None:
        following = await opened(poll=600.0).until(4)
        looking = asyncio.create_task(following.look())
        await server.idling.wait()
        following.feed.close()
        with pytest.raises((ChannelUnavailable, RuntimeError)):
            await asyncio.wait_for(looking, 5)
        await until(lambda: not following.feed.running, "the thread to end")


class TestConnecting:
    @pytest.mark.parametrize(
        ("greeting", "words"),
        [("* BYE too busy", "too busy"), ("", "does not answer"), ("HTTP/1.1 400", "ended|underst")],
    )
    async def test_a_greeting_that_is_none_is_said(
        self, server: ScriptedImap, opened: Open, greeting: str, words: str
    ) -> None:
        server.greeting = greeting
        with pytest.raises(ChannelUnavailable, match=words):
            await asyncio.wait_for(opened(timeout=0.5).look(), 8)

    @pytest.mark.parametrize("login", ["NO [ALERT] Too many simultaneous connections", "NO [INUSE] busy", ""])
    async def test_a_login_that_fails_for_now_is_tried_again(
        self, server: ScriptedImap, opened: Open, login: str
    ) -> None:
        server.login = login
        following = opened()
        with pytest.raises(ChannelUnavailable):
            await following.look()
        server.login = "OK logged in"
        await following.until(4)

    async def test_words_of_a_server_are_shown_on_one_line_and_not_for_ever(
        self, server: ScriptedImap, opened: Open
    ) -> None:
        server.login = "NO \x1b[31m" + "no " * 500
        with pytest.raises(AccountRefused) as caught:
            await opened().look()
        assert caught.value.message.isprintable()
        assert len(caught.value.message) < 500

    async def test_starttls_that_is_not_offered_gets_no_password(self, server: ScriptedImap, opened: Open) -> None:
        with pytest.raises(ChannelUnavailable, match=r"does not offer"):
            await opened(tls="starttls").look()
        assert server.said("LOGIN") == 0

    async def test_a_server_that_does_not_number_its_mails_is_said(self, server: ScriptedImap, opened: Open) -> None:
        server.validity = None
        with pytest.raises(AccountRefused, match=r"does not number"):
            await opened().look()


class TestSearch:
    async def test_gaps_in_the_numbers_cost_a_few_questions(self, server: ScriptedImap, opened: Open) -> None:
        server.mails = {2**31: MAILS[3], 2**32 - 2: MAILS[5]}
        following = await opened().until(2)
        assert following.bodies == [MAILS[3], MAILS[5]]
        assert server.said("UID SEARCH") < 30

    async def test_a_next_number_that_lags_behind_hides_nothing_and_starts_nothing_anew(
        self, server: ScriptedImap, opened: Open
    ) -> None:
        following = await opened(poll=0.2).until(4)
        server.following = 10
        server.add(12, letter("quick"))
        await following.until(5)
        assert [await following.look() for _ in range(2)] == [0, 0]
