"""Messages and reports whose webhooks never came are found by asking, once, and as the webhook would have told them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from connectors.contract import Fetched, FetchedEvent
from connectors.whatsapp import WhatsAppConfig, WhatsAppConnector, wire
from connectors.whatsapp.client import TwilioClient
from connectors.whatsapp.feed import MissedEvents
from connectors.whatsapp.missed import Listed, event_of
from connectors.whatsapp.questions import TwilioQuestions
from core.errors import AccountRefused, ChannelError, ChannelUnavailable
from core.messages import Delivery, DeliveryReport, Inbound, Outbound, RawRequest, Received
from emulators.server import Served
from emulators.twilio import Account
from tests.connectors.whatsapp.forms import BASE, posted
from tests.emulators.twilio.clock import Clock
from tests.emulators.twilio.receiver import Receiver

MIA = "+4915112345678"
HOUR = timedelta(hours=1)


@pytest.fixture
async def receiver(account: Account) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with Served(receiver) as served:
        account.webhook_url = f"{served.url}/hooks/whatsapp"
        yield receiver


@pytest.fixture
async def feed(config: WhatsAppConfig, clock: Clock) -> AsyncIterator[MissedEvents]:
    client = TwilioClient(config)
    yield MissedEvents(config, TwilioQuestions(config, client), clock)
    await client.close()


def read(events: Fetched) -> list[Received]:
    return [wire.parse(RawRequest(event.url, {}, event.body)) for event in events.events]


def texts(fetched: Fetched) -> list[str]:
    return [event.text for event in read(fetched) if isinstance(event, Inbound)]


class TestMessages:
    async def test_one_that_was_lost_is_found_with_its_files_under_the_key_of_its_webhook(
        self, account: Account, receiver: Receiver, feed: MissedEvents, clock: Clock
    ) -> None:
        account.drop_webhooks()
        sent_at = clock.now
        await account.customer(MIA).photo(caption="Look: ü&+")
        (lost,) = account.deliveries
        clock.passes(timedelta(minutes=2))
        fetched = await feed.fetch_events(None)
        assert receiver.posted == []
        (event,) = fetched.events
        webhook = posted(f"{BASE}/hooks/whatsapp", dict(lost.params), auth_token=account.auth_token)
        assert event.key == wire.admit(webhook, auth_token=account.auth_token)
        (found,), told = read(fetched), wire.parse(webhook)
        assert isinstance(found, Inbound)
        assert isinstance(told, Inbound)
        for name in ("key", "text", "files", "sender", "account", "phone"):
            assert getattr(found, name) == getattr(told, name)
        assert (found.sent_at, told.sent_at) == (sent_at, None)

    def test_half_a_character_does_not_stand_in_the_way_of_the_others(self, config: WhatsAppConfig) -> None:
        sender, to = f"whatsapp:{MIA}", "whatsapp:+14155550100"
        cut = Listed("SM1", "AC1", sender, to, "cut \ud83d", True, "received", 0, None, "", "")
        event = event_of(cut, [], config)
        told = wire.parse(RawRequest(event.url, {}, event.body))
        assert isinstance(told, Inbound)
        assert (event.key, told.text) == ("message:SM1", "cut ?")

    async def test_each_is_handed_over_until_it_is_stored_and_then_no_more(
        self, account: Account, receiver: Receiver, feed: MissedEvents, clock: Clock
    ) -> None:
        del receiver
        await account.customer(MIA).write("one")
        clock.passes(timedelta(minutes=2))
        first = await feed.fetch_events(None)
        again = await feed.fetch_events(None)  # the process was killed before it had stored them
        assert texts(first) == texts(again) == ["one"]
        await account.customer(MIA).write("two")
        clock.passes(timedelta(minutes=2))
        second = await feed.fetch_events(again.cursor)
        assert texts(second) == ["two"]
        assert texts(await feed.fetch_events(second.cursor)) == []

    async def test_a_webhook_that_may_still_come_is_waited_for(
        self, account: Account, receiver: Receiver, feed: MissedEvents, clock: Clock
    ) -> None:
        del receiver
        await account.customer(MIA).write("just now")
        early = await feed.fetch_events(None)
        clock.passes(timedelta(minutes=1))
        assert (texts(early), texts(await feed.fetch_events(early.cursor))) == ([], ["just now"])

    async def test_they_come_oldest_first_and_only_from_the_last_hour_at_the_start(
        self, account: Account, receiver: Receiver, feed: MissedEvents, clock: Clock
    ) -> None:
        del receiver
        for text, wait in (("long ago", HOUR), ("a", timedelta()), ("b", timedelta(seconds=5)), ("c", HOUR / 2)):
            await account.customer(MIA).write(text)
            clock.passes(wait)
        clock.passes(timedelta(minutes=1))
        assert texts(await feed.fetch_events(None)) == ["a", "b", "c"]

    async def test_a_long_outage_is_read_hour_by_hour_to_its_end(
        self, account: Account, receiver: Receiver, feed: MissedEvents, clock: Clock
    ) -> None:
        del receiver
        cursor = (await feed.fetch_events(None)).cursor
        for hour in range(30):
            await account.customer(MIA).write(str(hour))
            clock.passes(HOUR)
        found = await feed.fetch_events(cursor)
        assert texts(found) == [str(hour) for hour in range(30)]
        assert len(account.calls_of("messages.list")) > 20
        assert texts(await feed.fetch_events(found.cursor)) == []

    async def test_an_account_without_messages_costs_one_call_however_long_it_is_silent(
        self, account: Account, feed: MissedEvents, clock: Clock
    ) -> None:
        cursor = None
        for _ in range(3):
            cursor = (await feed.fetch_events(cursor)).cursor
            clock.passes(timedelta(minutes=2))
        assert [call.operation for call in account.calls] == ["messages.list"] * 3

    @pytest.mark.parametrize("cursor", ["", "x", "2026-03-02/1", "/", "9"])
    async def test_a_cursor_that_makes_no_sense_is_none(self, feed: MissedEvents, cursor: str) -> None:
        assert (await feed.fetch_events(cursor)).cursor


class TestReports:
    async def test_one_that_was_lost_is_found_by_twilios_id(
        self, account: Account, receiver: Receiver, connector: WhatsAppConnector, feed: MissedEvents, clock: Clock
    ) -> None:
        del receiver
        mia = account.customer(MIA)
        await mia.write("hi")
        sent = await connector.send(Outbound(UUID(int=7), account.sender.removeprefix("whatsapp:"), MIA, "Hello"))
        await account.settle()
        clock.passes(timedelta(minutes=2))
        fetched = await feed.fetch_events(None)
        _, report = read(fetched)
        assert isinstance(report, DeliveryReport)
        assert (report.provider_id, report.delivery) == (sent.provider_id, Delivery.DELIVERED)
        assert report.copy is not None
        assert (report.copy.recipient, report.copy.text, f"whatsapp:{report.copy.account}") == (
            MIA,
            "Hello",
            account.sender,
        )
        assert fetched.events[1].key == f"status:{sent.provider_id}:delivered"
        await mia.read()
        (later,) = read(await feed.fetch_events(fetched.cursor))
        assert isinstance(later, DeliveryReport)
        assert later.delivery is Delivery.READ

    async def test_a_failure_says_why(
        self, account: Account, receiver: Receiver, connector: WhatsAppConnector, feed: MissedEvents, clock: Clock
    ) -> None:
        del receiver
        account.undeliverable(MIA)
        await account.customer(MIA).write("hi")
        sent = await connector.send(Outbound(UUID(int=7), account.sender.removeprefix("whatsapp:"), MIA, "Hello"))
        await account.settle()
        clock.passes(timedelta(minutes=2))
        events: list[FetchedEvent] = [*(await feed.fetch_events(None)).events]
        assert events[1].key == f"status:{sent.provider_id}:undelivered:63024"
        report = wire.parse(RawRequest(events[1].url, {}, events[1].body))
        assert isinstance(report, DeliveryReport)
        assert (report.delivery, report.error_code) == (Delivery.FAILED, "63024")


class TestTrouble:
    @pytest.mark.parametrize(
        ("fault", "failure"),
        [
            ("too_many_requests", ChannelUnavailable),
            ("internal_error", ChannelUnavailable),
            ("server_error", ChannelUnavailable),
            ("truncated", ChannelUnavailable),
            ("reply_lost", ChannelUnavailable),
        ],
    )
    async def test_a_look_that_fails_may_be_tried_again(
        self,
        account: Account,
        receiver: Receiver,
        feed: MissedEvents,
        clock: Clock,
        fault: str,
        failure: type[ChannelError],
    ) -> None:
        del receiver
        await account.customer(MIA).write("hi")
        clock.passes(timedelta(minutes=2))
        # A read whose connection ends is repeated once by the HTTP client.
        account.faults.add("messages.list", fault, times=2 if fault == "reply_lost" else 1)
        with pytest.raises(failure) as caught:
            await feed.fetch_events(None)
        assert type(caught.value) is failure
        assert texts(await feed.fetch_events(None)) == ["hi"]

    async def test_a_refused_account_is_for_an_admin(self, account: Account, feed: MissedEvents) -> None:
        account.faults.next("messages.list", status=401)
        with pytest.raises(AccountRefused):
            await feed.fetch_events(None)
