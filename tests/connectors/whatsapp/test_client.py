"""How Twilio can fail a send, over real sockets: each failure is named by what we do next."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from socket import socket

import pytest

from connectors.whatsapp import WhatsAppConfig
from connectors.whatsapp.client import TwilioClient, refusal
from core.errors import (
    AccountRefused,
    ChannelError,
    ChannelUnavailable,
    MessageRefused,
    OutcomeUnknown,
    RecipientGone,
)
from core.messages import Delivery, Receipt
from tests.connectors.peer import Peer, answering, half_an_answer, hang_up, listening, reset, silence

VALUES = {
    "from_": "whatsapp:+14155550100",
    "to": "whatsapp:+4915112345678",
    "body": "Grüße & mehr+🙂",
    "status_callback": "https://desk.example.com/hooks/whatsapp/status?m=1",
}
TAKEN = b'{"sid": "SM1", "status": "queued"}'


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with listening(answering(201, TAKEN)) as peer:
        yield peer


@asynccontextmanager
async def client(url: str, *, patience: float = 5.0) -> AsyncIterator[TwilioClient]:
    config = WhatsAppConfig(
        account_sid="AC1",
        auth_token="secret",
        public_base_url="https://desk.example.com",
        api_url=url,
        timeout=patience,
    )
    twilio = TwilioClient(config)
    try:
        yield twilio
    finally:
        await twilio.close()


async def failure(peer: Peer, *, patience: float = 5.0) -> ChannelError:
    async with client(peer.url, patience=patience) as twilio:
        with pytest.raises(ChannelError) as caught:
            await twilio.create(VALUES)
    return caught.value


class TestCreate:
    async def test_posts_the_form_with_our_credentials_and_returns_twilios_id(self, peer: Peer) -> None:
        async with client(peer.url) as twilio:
            assert await twilio.create(VALUES) == Receipt("SM1", Delivery.SENT)
        (request,) = peer.requests
        assert request.startswith(b"POST /2010-04-01/Accounts/AC1/Messages.json HTTP/1.1\r\n")
        assert b"Authorization: Basic QUMxOnNlY3JldA==\r\n" in request
        assert b"Body=Gr%C3%BC%C3%9Fe+%26+mehr%2B%F0%9F%99%82" in request
        assert b"StatusCallback=https%3A%2F%2Fdesk.example.com%2Fhooks%2Fwhatsapp%2Fstatus%3Fm%3D1" in request

    async def test_the_environment_neither_diverts_nor_proxies_it(
        self, peer: Peer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv("TWILIO_REGION", "au1")
        monkeypatch.setenv("TWILIO_EDGE", "sydney")
        async with client(peer.url) as twilio:
            assert (await twilio.create(VALUES)).provider_id == "SM1"

    async def test_sends_at_the_same_time_keep_apart(self, peer: Peer) -> None:
        async with client(peer.url) as twilio:
            receipts = await asyncio.gather(*(twilio.create(VALUES) for _ in range(20)))
        assert len(receipts) == len(peer.requests) == 20

    async def test_a_closed_client_does_not_send(self, peer: Peer) -> None:
        async with client(peer.url) as twilio:
            await twilio.close()
            with pytest.raises(RuntimeError):
                await twilio.create(VALUES)
        assert peer.requests == []


class TestNothingWasSent:
    async def test_a_refused_connection_may_be_tried_again(self) -> None:
        with socket() as taken:
            taken.bind(("127.0.0.1", 0))  # bound but not listening: nobody else gets the port meanwhile
            async with client(f"http://127.0.0.1:{taken.getsockname()[1]}") as twilio:
                with pytest.raises(ChannelUnavailable):
                    await twilio.create(VALUES)

    async def test_a_name_that_does_not_resolve_may_be_tried_again(self) -> None:
        async with client("http://nowhere.invalid") as twilio:
            with pytest.raises(ChannelUnavailable):
                await twilio.create(VALUES)

    async def test_a_connection_that_is_never_accepted_may_be_tried_again(self) -> None:
        with socket() as full, socket() as waiting, socket() as another:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            for filler in (waiting, another):
                filler.setblocking(False)
                filler.connect_ex(full.getsockname())
            async with client(f"http://127.0.0.1:{full.getsockname()[1]}", patience=2.0) as twilio:
                with pytest.raises(ChannelUnavailable):
                    await twilio.create(VALUES)

    async def test_too_many_requests_waits_as_long_as_twilio_says(self, peer: Peer) -> None:
        peer.act = answering(429, b'{"code": 20429, "message": "Too Many Requests"}', "Retry-After: 7")
        error = await failure(peer)
        assert isinstance(error, ChannelUnavailable)
        assert error.retry_after == 7


class TestItMayHaveBeenSent:
    @pytest.mark.parametrize("act", [reset, hang_up, half_an_answer])
    async def test_a_connection_that_breaks_after_the_request_is_for_a_person(
        self, peer: Peer, act: Callable[[asyncio.StreamWriter], None]
    ) -> None:
        peer.act = act
        assert type(await failure(peer)) is OutcomeUnknown
        assert len(peer.requests) == 1  # nobody sent it a second time

    async def test_an_answer_that_does_not_come_is_for_a_person(self, peer: Peer) -> None:
        peer.act = silence
        assert type(await failure(peer, patience=1.5)) is OutcomeUnknown

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (500, b'{"code": 20500, "message": "Internal error"}'),
            (502, b"<html><h1>502 Bad Gateway</h1></html>"),
            (503, b""),
            (503, b'{"code": 20003, "message": "made up"}'),
            (302, b""),
            (201, b"<html>"),
            (201, b"[]"),
            (201, b"null"),
            (201, b"{}"),
            (201, b'{"sid": 7}'),
            (201, b'{"sid": "SM1", "error_code": "x", "date_sent": 5}'),
        ],
    )
    async def test_an_answer_that_settles_nothing_is_for_a_person(self, peer: Peer, status: int, body: bytes) -> None:
        peer.act = answering(status, body)
        assert type(await failure(peer)) is OutcomeUnknown


class TestRefusal:
    @pytest.mark.parametrize(
        ("status", "code", "expected"),
        [
            (401, 20003, AccountRefused),
            (403, 20003, AccountRefused),
            (404, 20404, AccountRefused),
            (400, 21211, RecipientGone),
            (400, 21610, RecipientGone),
            (400, 63024, RecipientGone),
            (400, 63016, MessageRefused),
            (400, 63007, MessageRefused),
            (400, 21617, MessageRefused),
            (409, 12345, MessageRefused),
            (429, 63018, ChannelUnavailable),
            (400, 63018, ChannelUnavailable),
        ],
    )
    def test_names_what_we_do_next(self, status: int, code: int, expected: type[ChannelError]) -> None:
        error = refusal(status, f'{{"code": {code}, "message": "said"}}', {})
        assert type(error) is expected
        assert error.message

    def test_a_refused_message_carries_twilios_code_and_words_a_person_can_act_on(self) -> None:
        error = refusal(400, '{"code": 63016, "message": "outside the allowed window"}', {})
        assert isinstance(error, MessageRefused)
        assert error.vendor_code == "63016"
        assert "24-hour window is closed" in error.message

    @pytest.mark.parametrize("body", ["", "<html>", "[]", "null", "{}", '{"code": null}', "[" * 100_000])
    def test_reads_any_body(self, body: str) -> None:
        assert type(refusal(400, body, {})) is MessageRefused

    @pytest.mark.parametrize("header", ["", "soon", "-1", "inf", "nan", "Wed, 21 Oct 2015 07:28:00 GMT"])
    def test_a_retry_after_that_is_no_number_is_left_open(self, header: str) -> None:
        error = refusal(429, "", {"Retry-After": header})
        assert isinstance(error, ChannelUnavailable)
        assert error.retry_after is None
