"""How Telegram can fail a call, over real sockets: each failure is named by what we do next."""

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from socket import socket
from uuid import UUID

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from connectors.telegram.client import TelegramClient
from connectors.telegram.config import TelegramConfig
from connectors.telegram.download import fetched
from connectors.telegram.outbound import sending
from core.errors import (
    AccountRefused,
    ChannelError,
    ChannelUnavailable,
    MessageRefused,
    OutcomeUnknown,
    RecipientGone,
    RecipientMoved,
)
from core.messages import Outbound, Receipt
from emulators.server import Served
from tests.connectors.peer import Peer, answering, half_an_answer, hang_up, listening, reset, silence
from tests.connectors.telegram.updates import BASE, BOT, CHAT, TOKEN

TAKEN = json.dumps({"ok": True, "result": {"message_id": 30, "date": 1, "chat": CHAT}}).encode()


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with listening(answering(200, TAKEN)) as peer:
        yield peer


@asynccontextmanager
async def client(url: str, *, patience: float = 5.0) -> AsyncIterator[TelegramClient]:
    telegram = TelegramClient(TelegramConfig(TOKEN, BASE, api_url=url, timeout=patience))
    try:
        yield telegram
    finally:
        await telegram.close()


def a_message(text: str = "Grüße & *mehr*") -> Outbound:
    return Outbound(UUID(int=7), BOT, "4711", text)


async def send(telegram: TelegramClient) -> Receipt:
    return await telegram.send(sending(a_message()))


async def failure(peer: Peer, *, patience: float = 5.0) -> ChannelError:
    async with client(peer.url, patience=patience) as telegram:
        with pytest.raises(ChannelError) as caught:
            await send(telegram)
    return caught.value


def refusing(status: int, description: str, **parameters: int) -> bytes:
    said = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
    return json.dumps({name: value for name, value in said.items() if value != {}}).encode()


class TestSend:
    async def test_posts_once_and_returns_the_key_of_the_message(self, peer: Peer) -> None:
        async with client(peer.url) as telegram:
            assert await send(telegram) == Receipt(f"{BOT}:4711:30")
        (request,) = peer.requests  # and nothing asked who we are
        assert request.startswith(f"POST /bot{TOKEN}/sendMessage HTTP/1.1\r\n".encode())
        assert b"text=Gr%C3%BC%C3%9Fe+%26amp%3B+%3Cb%3Emehr%3C%2Fb%3E&" in request
        assert b"parse_mode=HTML" in request

    async def test_what_telegram_cannot_parse_goes_again_as_plain_text(self, peer: Peer) -> None:
        answers = iter([(400, refusing(400, "Bad Request: can't parse entities: x")), (200, TAKEN)])
        peer.act = lambda writer: answering(*next(answers))(writer)
        async with client(peer.url) as telegram:
            assert await send(telegram) == Receipt(f"{BOT}:4711:30")
        assert b"text=Gr%C3%BC%C3%9Fe+%26+mehr" in peer.requests[1]
        assert b"parse_mode" not in peer.requests[1]

    async def test_the_environment_does_not_proxy_it(self, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        async with client(peer.url) as telegram:
            assert (await send(telegram)).provider_id

    async def test_a_closed_client_does_not_send(self, peer: Peer) -> None:
        async with client(peer.url) as telegram:
            await telegram.close()
            with pytest.raises(RuntimeError):
                await send(telegram)
        assert peer.requests == []

    async def test_the_token_stands_in_no_log_and_no_error(self, peer: Peer, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        async with client(peer.url) as telegram:
            await send(telegram)
            peer.act = reset
            with pytest.raises(OutcomeUnknown) as caught:
                await send(telegram)
        shown, error = caplog.text, caught.value
        while error is not None:
            shown += repr(error) + str(error) + repr(vars(error))
            error = error.__cause__ or error.__context__  # type: ignore[assignment]
        assert "sendMessage" in shown
        assert TOKEN.partition(":")[2] not in shown


class TestNothingWasSent:
    async def test_a_refused_connection_may_be_tried_again(self) -> None:
        with socket() as taken:
            taken.bind(("127.0.0.1", 0))  # bound but not listening: nobody else gets the port meanwhile
            async with client(f"http://127.0.0.1:{taken.getsockname()[1]}") as telegram:
                with pytest.raises(ChannelUnavailable):
                    await send(telegram)

    async def test_a_connection_that_is_never_accepted_may_be_tried_again(self) -> None:
        with socket() as full, socket() as waiting, socket() as another:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            for filler in (waiting, another):
                filler.setblocking(False)
                filler.connect_ex(full.getsockname())
            async with client(f"http://127.0.0.1:{full.getsockname()[1]}", patience=2.0) as telegram:
                with pytest.raises(ChannelUnavailable):
                    await send(telegram)

    @pytest.mark.parametrize(
        ("body", "seconds"),
        [(refusing(429, "Too Many Requests", retry_after=7), 7), (b"<html>", None), (b'{"parameters": 5}', None)],
    )
    async def test_too_many_requests_waits_as_long_as_telegram_says(
        self, peer: Peer, body: bytes, seconds: int | None
    ) -> None:
        peer.act = answering(429, body)
        error = await failure(peer)
        assert isinstance(error, ChannelUnavailable)
        assert error.retry_after == seconds


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
            (500, refusing(500, "Internal Server Error")),
            (502, b"<html><h1>502 Bad Gateway</h1></html>"),
            (302, b""),
            (200, b"<html>"),
            (200, b"[]"),
            (200, b"{}"),
            (200, b'{"ok": true, "result": true}'),
            (200, b'{"ok": true, "result": {"message_id": 5}}'),
        ],
    )
    async def test_an_answer_that_settles_nothing_is_for_a_person(self, peer: Peer, status: int, body: bytes) -> None:
        peer.act = answering(status, body)
        assert type(await failure(peer)) is OutcomeUnknown


class TestRefusal:
    @pytest.mark.parametrize(
        ("status", "description", "expected", "words"),
        [
            (401, "Unauthorized", AccountRefused, "TELEGRAM_BOT_TOKEN"),
            (404, "Not Found", AccountRefused, "TELEGRAM_BOT_TOKEN"),
            (403, "Forbidden: bot was blocked by the user", RecipientGone, "blocked our bot"),
            (403, "Forbidden: user is deactivated", RecipientGone, "deleted their Telegram account"),
            (403, "Forbidden: something new", RecipientGone, "something new"),
            (400, "Bad Request: chat not found", RecipientGone, "must write to our bot first"),
            (400, "Bad Request: message is too long", MessageRefused, "shorten it"),
            (400, "Bad Request: not enough rights to send text messages to the chat", MessageRefused, "must allow it"),
            (400, "Bad Request: something new", MessageRefused, "omething new): write it differently"),
            (413, "Request Entity Too Large", MessageRefused, "50 MB"),
            (405, "Method Not Allowed", MessageRefused, "did not take the message"),
        ],
    )
    async def test_names_what_we_do_next_in_words(
        self, peer: Peer, status: int, description: str, expected: type[ChannelError], words: str
    ) -> None:
        peer.act = answering(status, refusing(status, description))
        error = await failure(peer)
        assert type(error) is expected
        assert words in error.message

    async def test_a_group_that_moved_says_where_to(self, peer: Peer) -> None:
        peer.act = answering(400, refusing(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100200))
        error = await failure(peer)
        assert isinstance(error, RecipientMoved)
        assert error.to == "-100200"


class TestConfig:
    @pytest.mark.parametrize(
        "broken",
        [
            {"bot_token": ""},
            {"bot_token": "secret"},
            {"webhook_secret": "ä"},
            {"public_base_url": "desk.example.com"},
            {"api_url": "ftp://x"},
            {"timeout": 0.0},
        ],
    )
    def test_one_that_can_never_work_fails_at_the_start(self, broken: dict[str, str]) -> None:
        with pytest.raises(ValueError, match=r"."):
            TelegramConfig(**{"bot_token": TOKEN, "public_base_url": BASE, **broken})  # type: ignore[arg-type]

    def test_it_shows_no_secret(self) -> None:
        shown = repr(TelegramConfig(TOKEN, BASE, webhook_secret="hush"))
        assert "hush" not in shown
        assert TOKEN not in shown

    def test_a_secret_that_nobody_chose_is_the_same_each_time_and_another_for_another_bot(self) -> None:
        one, other = TelegramConfig(TOKEN, BASE), TelegramConfig("8:AAE", BASE)
        assert one.secret == TelegramConfig(TOKEN, "https://elsewhere.example").secret != other.secret
        assert TelegramConfig(TOKEN, BASE, webhook_secret="mine").secret == "mine"


class TestFetch:
    async def test_what_is_packed_is_not_unpacked_into_memory(self) -> None:
        packed = gzip.compress(bytes(1_000_000))

        async def api(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["path"].endswith("/getFile"):
                said = {"file_id": "F1", "file_unique_id": "f", "file_path": "documents/a.bin"}
                answer = Response(json.dumps({"ok": True, "result": said}))
            else:
                answer = Response(packed, headers={"Content-Encoding": "gzip"})
            await answer(scope, receive, send)

        async with Served(api) as served, client(served.url) as telegram, fetched(telegram, "F1", most=10_000) as file:
            assert b"".join([chunk async for chunk in file.chunks]) == packed
