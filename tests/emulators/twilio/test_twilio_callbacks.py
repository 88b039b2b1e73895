"""What the desk is told about its messages, and when."""

from datetime import timedelta

import pytest
from twilio.rest import Client

from emulators.twilio import Account
from tests.emulators.twilio.clock import Clock
from tests.emulators.twilio.receiver import Receiver

MIA = "whatsapp:+49151000111"


async def reply(account: Account, sdk: Client, status_url: str, text: str = "hello") -> str:
    sent = await sdk.messages.create_async(from_=account.sender, to=MIA, body=text, status_callback=status_url)
    await account.settle()
    return str(sent.sid)


@pytest.fixture
async def heard(account: Account) -> None:
    """Mia has written, so the window is open."""
    await account.customer(MIA).write("hi")


@pytest.mark.usefixtures("heard")
class TestCallbacks:
    async def test_sent_then_delivered_both_signed_and_whole(
        self, account: Account, sdk: Client, receiver: Receiver, status_url: str
    ) -> None:
        sid = await reply(account, sdk, status_url)
        assert receiver.statuses() == ["sent", "delivered"]
        assert all(posted.signed_with(account.auth_token) for posted in receiver.posted)
        assert (
            receiver.at("/status")[1].form.items()
            >= {
                "MessageSid": sid,
                "SmsSid": sid,
                "MessageStatus": "delivered",
                "SmsStatus": "delivered",
                "AccountSid": account.account_sid,
                "From": account.sender,
                "To": MIA,
                "ChannelPrefix": "whatsapp",
                "ChannelToAddress": "+49151000111",
                "ApiVersion": "2010-04-01",
            }.items()
        )
        assert "EventType" not in receiver.at("/status")[1].form

    async def test_read_comes_when_the_customer_looks(
        self, account: Account, sdk: Client, receiver: Receiver, status_url: str
    ) -> None:
        sid = await reply(account, sdk, status_url)
        [read] = await account.customer(MIA).read()
        assert (read.sid, read.status) == (sid, "read")
        assert receiver.statuses() == ["sent", "delivered", "read"]
        assert receiver.at("/status")[2].form["EventType"] == "READ"
        assert await account.customer(MIA).read() == ()

    async def test_without_a_callback_url_nobody_is_told(
        self, account: Account, sdk: Client, receiver: Receiver
    ) -> None:
        await sdk.messages.create_async(from_=account.sender, to=MIA, body="hello")
        await account.settle()
        assert receiver.statuses() == []
        assert [message.body for message in account.customer(MIA).inbox] == ["hello"]

    async def test_the_order_can_be_turned_for_the_next_message_only(
        self, account: Account, sdk: Client, receiver: Receiver, status_url: str
    ) -> None:
        account.callbacks.next(["delivered", "sent"], pace=0)
        await reply(account, sdk, status_url)
        await reply(account, sdk, status_url)
        assert receiver.statuses() == ["delivered", "sent", "sent", "delivered"]

    async def test_shuffled_tells_the_same_things_in_some_order(
        self, account: Account, sdk: Client, receiver: Receiver, status_url: str
    ) -> None:
        account.callbacks.always("shuffled", pace=0)
        for _ in range(20):
            await reply(account, sdk, status_url)
        told = receiver.statuses()
        orders = {(told[at], told[at + 1]) for at in range(0, len(told), 2)}
        assert orders == {("sent", "delivered"), ("delivered", "sent")}

    async def test_copies_of_each_callback(
        self, account: Account, sdk: Client, receiver: Receiver, status_url: str
    ) -> None:
        account.callbacks.next(copies=3, pace=0)
        await reply(account, sdk, status_url)
        assert receiver.statuses() == ["sent"] * 3 + ["delivered"] * 3
        assert len(account.customer(MIA).inbox) == 1

    async def test_callbacks_may_come_before_the_answer(
        self, account: Account, sdk: Client, receiver: Receiver, status_url: str
    ) -> None:
        account.callbacks.next(before_response=True, pace=0)
        sent = await sdk.messages.create_async(from_=account.sender, to=MIA, body="x", status_callback=status_url)
        assert receiver.statuses() == ["sent", "delivered"]
        assert sent.status == "queued"

    async def test_a_lost_callback_is_not_a_lost_message(
        self, account: Account, sdk: Client, receiver: Receiver, status_url: str
    ) -> None:
        account.callbacks.next(["sent"], pace=0)
        sid = await reply(account, sdk, status_url)
        assert receiver.statuses() == ["sent"]
        assert (await sdk.messages(sid).fetch_async()).status == "delivered"
        assert len(account.customer(MIA).inbox) == 1

    async def test_an_unreachable_phone_fails_with_its_code(
        self, account: Account, sdk: Client, receiver: Receiver, status_url: str
    ) -> None:
        account.undeliverable("+49151000111", 30003)
        sid = await reply(account, sdk, status_url)
        assert receiver.statuses() == ["sent", "undelivered"]
        assert "ErrorCode" not in receiver.at("/status")[0].form
        assert receiver.at("/status")[1].form["ErrorCode"] == "30003"
        assert (await sdk.messages(sid).fetch_async()).error_code == 30003
        assert account.customer(MIA).inbox == ()

    async def test_failed_callbacks_follow_the_urls_own_retry_policy(
        self, account: Account, sdk: Client, receiver: Receiver, status_url: str
    ) -> None:
        receiver.answers.extend([500])
        await reply(account, sdk, f"{status_url}#rc=1&rp=5xx")
        assert receiver.statuses() == ["sent", "sent", "delivered"]

    def test_an_unknown_order_is_refused_at_once(self, account: Account) -> None:
        with pytest.raises(ValueError, match="unknown order"):
            account.callbacks.next("backwards")


class TestWindow:
    async def test_free_text_is_accepted_after_24_hours_and_fails_later_by_callback(
        self, account: Account, sdk: Client, receiver: Receiver, status_url: str, clock: Clock
    ) -> None:
        await account.customer(MIA).write("hi")
        clock.passes(timedelta(hours=24, seconds=1))
        sid = await reply(account, sdk, status_url)
        assert receiver.statuses() == ["failed"]
        form = receiver.at("/status")[0].form
        assert (form["ErrorCode"], form["MessageSid"]) == ("63016", sid)
        assert "window" in form["ChannelStatusMessage"]
        assert (await sdk.messages(sid).fetch_async()).error_code == 63016
        assert account.customer(MIA).inbox == ()

    async def test_within_24_hours_it_arrives(
        self, account: Account, sdk: Client, receiver: Receiver, status_url: str, clock: Clock
    ) -> None:
        await account.customer(MIA).write("hi")
        clock.passes(timedelta(hours=24))
        await reply(account, sdk, status_url)
        assert receiver.statuses() == ["sent", "delivered"]

    async def test_who_never_wrote_gets_templates_only(
        self, account: Account, sdk: Client, receiver: Receiver, status_url: str
    ) -> None:
        await reply(account, sdk, status_url)
        assert receiver.statuses() == ["failed"]


@pytest.mark.usefixtures("heard")
class TestChance:
    async def test_a_failure_has_the_code_that_was_asked_for(
        self, account: Account, sdk: Client, receiver: Receiver, status_url: str
    ) -> None:
        account.callbacks.next(["failed"], error=63016)
        await reply(account, sdk, status_url)
        assert receiver.at("/status")[0].form["ErrorCode"] == "63016"
        assert account.customer(MIA).inbox == ()

    @pytest.mark.parametrize(
        ("kind", "statuses", "arrived"),
        [
            ("callbacks_shuffled", {"sent", "delivered"}, True),
            ("callbacks_doubled", {"sent", "delivered"}, True),
            ("callbacks_first", {"sent", "delivered"}, True),
            ("outside_window", {"failed"}, False),
            ("undelivered", {"sent", "undelivered"}, False),
        ],
    )
    async def test_what_chance_does_to_a_message(
        self,
        account: Account,
        sdk: Client,
        receiver: Receiver,
        status_url: str,
        kind: str,
        statuses: set[str],
        arrived: bool,
    ) -> None:
        account.callbacks.at_random(1, 1.0, only=[kind])
        await reply(account, sdk, status_url)
        account.callbacks.calm()
        assert set(receiver.statuses()) == statuses
        assert len(receiver.statuses()) == len(statuses) * (2 if kind == "callbacks_doubled" else 1)
        assert bool(account.customer(MIA).inbox) == arrived
        await reply(account, sdk, status_url)
        assert account.callbacks.happened == {kind: 1}
