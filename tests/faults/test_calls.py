"""One call of ours meets one fault: it is named by what to do next, and was made once."""

import pytest

from core.errors import (
    AccountRefused,
    ChannelError,
    ChannelUnavailable,
    FileGone,
    OutcomeUnknown,
    RecipientGone,
    RecipientMoved,
)
from emulators.slack.faults import MENU as SLACK
from emulators.telegram.faults import MENU as TELEGRAM
from emulators.telegram.faults import STATES as TELEGRAM_STATES
from emulators.twilio.faults import MENU as TWILIO
from tests.faults.conftest import SlackSide, TelegramSide, TwilioSide

# What a write that meets it becomes; None: a success.
POSTED: dict[str, type[ChannelError] | None] = {
    "slow": None,
    "reply_lost": OutcomeUnknown,
    "reset": OutcomeUnknown,
    "reset_after": OutcomeUnknown,
    "cut_answer": OutcomeUnknown,
    "truncated": OutcomeUnknown,
    "too_many_requests": ChannelUnavailable,
    "server_error": OutcomeUnknown,
    "gateway_error": OutcomeUnknown,
    "internal_error": OutcomeUnknown,
    "fatal_error": OutcomeUnknown,
    "ratelimited": ChannelUnavailable,
}
SENT: dict[str, type[ChannelError] | None] = {
    kind: POSTED[kind] for kind in POSTED if kind not in {"fatal_error", "ratelimited"}
}
# What Telegram says of the chat or the bot.
STATED: dict[str, type[ChannelError]] = {
    "forbidden": RecipientGone,
    "migrated": RecipientMoved,
    "unauthorized": AccountRefused,
    "conflict": ChannelUnavailable,
}
BREAKS_THE_CONNECTION = {"reply_lost", "reset", "reset_after"}


def test_every_fault_of_the_menus_is_here() -> None:
    assert set(POSTED) == set(SLACK)
    assert set(SENT) == set(TWILIO) == set(TELEGRAM)
    assert set(STATED) == set(TELEGRAM_STATES)


def test_only_what_provably_did_not_happen_may_be_done_again() -> None:
    assert [kind for kind in POSTED if POSTED[kind] is ChannelUnavailable and not SLACK[kind].refuses] == []
    assert [kind for kind in SENT if SENT[kind] is ChannelUnavailable and not TWILIO[kind].refuses] == []
    assert [kind for kind in SENT if SENT[kind] is ChannelUnavailable and not TELEGRAM[kind].refuses] == []


class TestSlack:
    @pytest.mark.parametrize("kind", POSTED)
    async def test_a_post_is_made_once_and_named_by_what_to_do_next(self, slack: SlackSide, kind: str) -> None:
        slack.workspace.faults.add("chat.postMessage", kind)
        if (expected := POSTED[kind]) is None:
            assert await slack.send()
        else:
            with pytest.raises(expected) as caught:
                await slack.send()
            assert isinstance(caught.value, ChannelUnavailable) == (expected is ChannelUnavailable)
        (call,) = slack.workspace.calls_of("chat.postMessage")
        assert slack.done() == call.carried_out
        assert await slack.send()  # the next one is free of it

    @pytest.mark.parametrize("kind", [kind for kind in POSTED if POSTED[kind] is not None])
    async def test_whatever_happens_to_a_read_it_may_be_tried_again(self, slack: SlackSide, kind: str) -> None:
        (mia,) = [person for person in slack.workspace.people.values() if person.name == "mia"]
        # A read whose connection breaks is repeated once by the HTTP client; a write never is.
        slack.workspace.faults.add("users.info", kind, times=2 if kind in BREAKS_THE_CONNECTION else 1)
        with pytest.raises(ChannelUnavailable):
            await slack.client.user(mia.id)
        assert (await slack.client.user(mia.id))["name"] == "mia"

    async def test_asking_who_we_are_changes_nothing_so_nobody_is_told_that_it_may_have(self, slack: SlackSide) -> None:
        slack.workspace.faults.add("auth.test", "fatal_error")
        with pytest.raises(ChannelUnavailable):
            await slack.client.home()
        assert await slack.client.home() == slack.workspace.team_id

    @pytest.mark.parametrize("kind", ["too_many_requests", "ratelimited"])
    async def test_slack_says_how_long_to_wait(self, slack: SlackSide, kind: str) -> None:
        slack.workspace.faults.add("chat.postMessage", kind)
        with pytest.raises(ChannelUnavailable) as caught:
            await slack.send()
        assert caught.value.retry_after == 1


class TestTwilio:
    @pytest.mark.parametrize("kind", SENT)
    async def test_a_message_is_sent_once_and_named_by_what_to_do_next(self, twilio: TwilioSide, kind: str) -> None:
        twilio.account.faults.add("messages.create", kind)
        if (expected := SENT[kind]) is None:
            assert await twilio.send() in twilio.account.messages
        else:
            with pytest.raises(expected) as caught:
                await twilio.send()
            assert isinstance(caught.value, ChannelUnavailable) == (expected is ChannelUnavailable)
        (call,) = twilio.account.calls
        assert twilio.done() == call.carried_out
        assert await twilio.send()  # the next one is free of it

    async def test_twilio_says_how_long_to_wait(self, twilio: TwilioSide) -> None:
        twilio.account.faults.add("messages.create", "too_many_requests")
        with pytest.raises(ChannelUnavailable) as caught:
            await twilio.send()
        assert caught.value.retry_after == 1


class TestTelegram:
    @pytest.mark.parametrize("kind", [*SENT, *STATED])
    async def test_a_message_is_sent_once_and_named_by_what_to_do_next(self, telegram: TelegramSide, kind: str) -> None:
        telegram.bot.faults.add("sendMessage", kind)
        if (expected := (SENT | STATED)[kind]) is None:
            assert await telegram.send()
        else:
            with pytest.raises(expected) as caught:
                await telegram.send()
            assert isinstance(caught.value, ChannelUnavailable) == (expected is ChannelUnavailable)
        (call,) = telegram.bot.calls_of("sendMessage")
        assert telegram.done() == call.carried_out
        assert await telegram.send()  # the next one is free of it

    async def test_telegram_says_how_long_to_wait(self, telegram: TelegramSide) -> None:
        telegram.bot.faults.add("sendMessage", "too_many_requests")
        with pytest.raises(ChannelUnavailable) as caught:
            await telegram.send()
        assert caught.value.retry_after == 1

    @pytest.mark.parametrize("call", ["getFile", "download"])
    @pytest.mark.parametrize("kind", [kind for kind in SENT if SENT[kind] is not None])
    async def test_whatever_happens_to_a_file_it_may_be_fetched_again(
        self, telegram: TelegramSide, call: str, kind: str
    ) -> None:
        telegram.bot.faults.add(call, kind)
        with pytest.raises(ChannelUnavailable):
            await telegram.fetch(b"a,b" * 10_000)
        assert await telegram.fetch(b"a,b") == b"a,b"

    async def test_a_file_that_is_gone_is_gone(self, telegram: TelegramSide) -> None:
        telegram.bot.faults.add("getFile", "file_gone")
        with pytest.raises(FileGone):
            await telegram.fetch(b"a,b")
