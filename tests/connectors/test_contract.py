"""What every connector must do, tried on each: the fake, and the real ones against emulated providers."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import get_args
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from connectors.contract import Feed, FileSource, Presses
from connectors.registry import CONNECTORS, connect, feeds
from connectors.telegram import TelegramConfig, TelegramConnector
from connectors.telegram.connector import PollingTelegram
from connectors.whatsapp import WhatsAppConfig, WhatsAppConnector
from core.errors import (
    AccountRefused,
    BadSignature,
    ChannelError,
    ChannelUnavailable,
    FileGone,
    FileTooLarge,
    MessageRefused,
    MessageTooLong,
    OutcomeUnknown,
    RecipientGone,
    Unreadable,
)
from core.messages import Delivery, DeliveryReport, Inbound, Outbound, RawRequest, Received
from tests.connectors.channels import CHANNELS, SENDERS, SendingSide, Side, opened, opened_to_send
from tests.connectors.whatsapp.forms import BASE
from tests.examples import tried

FAILURES = [ChannelUnavailable, OutcomeUnknown, MessageRefused, AccountRefused, RecipientGone]
NAMES = [b"MessageSid=SM1", b"MessageStatus=", b"ErrorCode=", b"From=whatsapp:%2B49", b"To=", b"Body=", b"Latitude="]
FIELDS = st.builds(bytes.__add__, st.sampled_from(NAMES), st.binary(max_size=8))
# The connector keeps nothing between the examples, and a busy machine is not a failure.
ANY_BYTES = tried(200, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=CHANNELS)
async def side(request: pytest.FixtureRequest) -> AsyncIterator[Side]:
    async with opened(request.param) as side:
        yield side


@pytest.fixture(params=SENDERS)
async def sending(request: pytest.FixtureRequest) -> AsyncIterator[SendingSide]:
    async with opened_to_send(request.param) as side:
        yield side


def outbound(side: SendingSide, text: str = "On its way!") -> Outbound:
    return Outbound(uuid4(), side.ours, side.customer, text)


class TestSend:
    async def test_a_receipt_carries_the_providers_id_and_no_two_are_the_same(self, sending: SendingSide) -> None:
        first, second = await sending.connector.send(outbound(sending)), await sending.connector.send(outbound(sending))
        assert first.provider_id
        assert first.provider_id != second.provider_id
        assert first.delivery is Delivery.SENT

    async def test_takes_the_longest_text_it_names(self, sending: SendingSide) -> None:
        await sending.connector.send(outbound(sending, "x" * sending.connector.limits.text))
        assert sending.reached() == 1

    async def test_refuses_text_over_its_limit_before_any_network(self, sending: SendingSide) -> None:
        with pytest.raises(MessageTooLong):
            await sending.connector.send(outbound(sending, "x" * (sending.connector.limits.text + 1)))
        assert sending.reached() == 0

    async def test_refuses_to_send_nothing(self, sending: SendingSide) -> None:
        with pytest.raises(MessageRefused):
            await sending.connector.send(outbound(sending, " \n"))
        assert sending.reached() == 0

    @pytest.mark.parametrize("failure", FAILURES)
    async def test_names_each_failure_in_words_and_the_next_send_is_free_of_it(
        self, sending: SendingSide, failure: type[ChannelError]
    ) -> None:
        sending.fail_next(failure)
        with pytest.raises(failure) as caught:
            await sending.connector.send(outbound(sending))
        assert type(caught.value) is failure
        assert caught.value.message
        other = replace(outbound(sending), recipient=sending.other)
        assert (await sending.connector.send(other)).provider_id

    async def test_closing_twice_is_safe_and_sending_afterwards_is_an_error(self, sending: SendingSide) -> None:
        await sending.connector.send(outbound(sending))
        await sending.connector.close()
        await sending.connector.close()
        with pytest.raises(RuntimeError):
            await sending.connector.send(outbound(sending))


class TestAdmit:
    async def test_the_same_event_has_the_same_key(self, side: Side) -> None:
        for event, again in ((side.message(1, "hi"), side.message(1, "hi")), (side.status(1), side.status(1))):
            if event is not None and again is not None:
                assert side.connector.admit(event) == side.connector.admit(again)

    async def test_different_events_have_different_keys(self, side: Side) -> None:
        events = [side.message(1, "hi"), side.message(2, "hi"), side.status(1), side.nonsense()]
        said = [event for event in events if event is not None]
        assert len({side.connector.admit(event) for event in said}) == len(said) >= 3

    async def test_signed_nonsense_still_has_a_key(self, side: Side) -> None:
        assert side.connector.admit(side.nonsense())

    async def test_refuses_what_is_unsigned_or_wrongly_signed(self, side: Side) -> None:
        signed, header = side.message(1, "hi"), side.signature_header()
        forged = {**signed.headers, header: signed.headers[header][::-1]}
        without = {name: value for name, value in signed.headers.items() if name != header}
        refused = [replace(signed, headers=forged), replace(signed, headers=without)]
        if side.signs_content:
            refused += [replace(signed, body=signed.body + b"&More=1"), replace(signed, url=f"{BASE}/elsewhere")]
        for request in refused:
            with pytest.raises(BadSignature):
                side.connector.admit(request)

    @ANY_BYTES
    @given(body=st.binary(max_size=200), signature=st.text(max_size=50))
    def test_a_stranger_gets_nothing_but_a_refusal(self, side: Side, body: bytes, signature: str) -> None:
        with pytest.raises(BadSignature):
            side.connector.admit(RawRequest(f"{BASE}/hooks", {side.signature_header(): signature}, body))


class TestParse:
    async def test_reads_a_message_from_what_was_stored(self, side: Side) -> None:
        # The worker has the address and the body only: headers are not kept.
        request = replace(side.message(1, "hi"), headers={})
        (event,) = side.connector.parse(request)
        assert isinstance(event, Inbound)
        assert (event.key, event.channel, event.text) == (side.key(1), side.connector.channel, "hi")

    async def test_reads_a_delivery_report(self, side: Side) -> None:
        if (report := side.status(1)) is None:
            pytest.skip("the channel has none")
        (event,) = side.connector.parse(replace(report, headers={}))
        assert isinstance(event, DeliveryReport)
        assert (event.provider_id, event.delivery) == (side.key(1), Delivery.READ)

    @ANY_BYTES
    @given(
        url=st.text(max_size=60) | st.just(f"{BASE}/hooks/whatsapp/status?m=%"),
        body=st.binary(max_size=300) | st.lists(FIELDS, max_size=6).map(b"&".join),
    )
    def test_never_raises_anything_but_unreadable(self, side: Side, url: str, body: bytes) -> None:
        with suppress(Unreadable):
            events = side.connector.parse(RawRequest(url, {}, body))
            assert all(isinstance(event, get_args(Received)) for event in events)


async def fetched(side: Side, source: str, *, most: int) -> bytes:
    assert isinstance(side.connector, FileSource)
    async with side.connector.fetch(source, most=most) as file:
        return b"".join([chunk async for chunk in file.chunks])


class TestFetch:
    CONTENT = bytes(range(256)) * 20

    async def test_gives_the_bytes_of_a_customers_file(self, side: Side) -> None:
        source = side.file(self.CONTENT)
        assert await fetched(side, source, most=len(self.CONTENT)) == self.CONTENT

    async def test_a_file_over_the_limit_is_refused_however_small_it_said_it_is(self, side: Side) -> None:
        with pytest.raises(FileTooLarge) as caught:
            await fetched(side, side.file(self.CONTENT), most=len(self.CONTENT) - 1)
        assert caught.value.message

    async def test_a_file_that_is_gone_is_gone(self, side: Side) -> None:
        source = side.file(self.CONTENT)
        side.lose_file(source)
        with pytest.raises(FileGone):
            await fetched(side, source, most=10_000)

    async def test_a_closed_connector_fetches_nothing(self, side: Side) -> None:
        source = side.file(self.CONTENT)
        await side.connector.close()
        with pytest.raises(RuntimeError):
            await fetched(side, source, most=10_000)


class TestAcknowledgePress:
    async def test_the_customer_sees_the_answer_and_a_second_one_is_no_error(self, side: Side) -> None:
        if (press := side.press()) is None:
            assert not isinstance(side.connector, Presses)
            return
        pressed, shown = press
        assert isinstance(side.connector, Presses)
        await side.connector.acknowledge_press(pressed, "Thank you!")
        assert shown() == "Thank you!"
        await side.connector.acknowledge_press(pressed, "Thank you!")


class TwoBots(TelegramConnector):
    """… and Feeds: one a bot."""

    def feeds(self) -> Sequence[Feed]:
        return [PollingTelegram(TelegramConfig(f"{bot}:AAE", BASE, polling=True)) for bot in (1, 2)]


class TestRegistry:
    def test_a_config_makes_its_connector(self) -> None:
        connectors = connect([WhatsAppConfig("AC1", "token", BASE)])
        assert isinstance(connectors["whatsapp"], WhatsAppConnector)
        assert set(CONNECTORS) >= {WhatsAppConfig, TelegramConfig}

    def test_only_a_bot_that_is_polled_is_a_feed(self) -> None:
        posted, polled = (TelegramConfig("7:AAE", BASE, polling=polling) for polling in (False, True))
        assert feeds(connect([posted])) == []
        assert [feed.account for feed in feeds(connect([polled]))] == ["7"]

    def test_a_connector_of_several_accounts_is_as_many_feeds(self) -> None:
        assert [feed.account for feed in feeds({"telegram": TwoBots(TelegramConfig("7:AAE", BASE))})] == ["1", "2"]

    @pytest.mark.parametrize(
        "broken",
        [{"auth_token": ""}, {"public_base_url": "desk.example.com"}, {"api_url": "ftp://x"}, {"timeout": 0.0}],
    )
    def test_a_config_that_can_never_work_fails_at_the_start(self, broken: dict[str, str]) -> None:
        values = {"account_sid": "AC1", "auth_token": "t", "public_base_url": BASE, **broken}
        with pytest.raises(ValueError, match=r"."):
            WhatsAppConfig(**values)  # type: ignore[arg-type]

    def test_a_config_does_not_show_its_secret(self) -> None:
        assert "hush" not in repr(WhatsAppConfig("AC1", "hush", BASE))
