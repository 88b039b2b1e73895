"""The bad network between a client and a server, seen from both ends."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from emulators.proxy import MENU, Proxy
from emulators.waiting import until


class Echo:
    """A server that remembers what came and says it back in capitals."""

    def __init__(self) -> None:
        self.heard = b""
        self.connections = 0
        self.port = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while data := await reader.read(100):
                self.heard += data
                writer.write(data.upper())
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    echo = Echo()
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    echo.port = server.sockets[0].getsockname()[1]
    yield echo
    server.close()


@pytest.fixture
async def proxy(echo: Echo) -> AsyncIterator[Proxy]:
    async with Proxy("127.0.0.1", echo.port) as proxy:
        yield proxy


async def said(proxy: Proxy, words: bytes = b"hello there", *, patience: float = 10.0) -> bytes:
    """What comes back until the connection ends. Raises ConnectionError, or TimeoutError after `patience` seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        writer.write(words)
        writer.write_eof()
        async with asyncio.timeout(patience):
            return await reader.read()
    finally:
        writer.close()


class TestProxy:
    async def test_without_trouble_everything_passes_both_ways(self, proxy: Proxy, echo: Echo) -> None:
        words = b"x" * 300_000
        assert await said(proxy, words) == words.upper()
        assert (echo.heard, proxy.opened, proxy.happened) == (words, 1, {})

    async def test_a_refused_connection_never_reaches_the_server(self, proxy: Proxy, echo: Echo) -> None:
        proxy.next("refuse")
        with pytest.raises(ConnectionError):
            await said(proxy)
        assert echo.connections == 0
        assert await said(proxy) == b"HELLO THERE"

    async def test_a_stalled_connection_is_silent_and_never_reaches_the_server(self, proxy: Proxy, echo: Echo) -> None:
        proxy.next("stall")
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"hello")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(), 0.1)
        assert echo.connections == 0
        writer.close()

    async def test_a_request_is_cut_after_so_many_bytes(self, proxy: Proxy, echo: Echo) -> None:
        proxy.next("reset_request", after=5)
        with pytest.raises(ConnectionError):
            await said(proxy)
        assert echo.heard in (b"hello", b"")  # a reset may overtake what was sent before it
        assert echo.connections == 1

    async def test_an_answer_is_cut_after_so_many_bytes_and_the_server_has_heard_it_all(
        self, proxy: Proxy, echo: Echo
    ) -> None:
        proxy.next("reset_answer", after=5)
        with pytest.raises(ConnectionError):
            await said(proxy)
        assert echo.heard == b"hello there"

    async def test_a_mute_connection_lets_the_server_hear_and_the_client_wait(self, proxy: Proxy, echo: Echo) -> None:
        proxy.next("mute")
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"hello")
        await until(lambda: echo.heard == b"hello", "the server to hear")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(), 0.2)
        writer.close()

    async def test_what_drips_arrives_whole(self, proxy: Proxy) -> None:
        proxy.next("drip")
        assert await said(proxy, b"word " * 100) == b"WORD " * 100

    async def test_a_restarting_router_cuts_what_is_open(self, proxy: Proxy) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"HELLO"
        assert proxy.cut() == 1
        with pytest.raises(ConnectionError):
            await reader.read()
        writer.close()

    async def test_by_chance_the_same_seed_is_the_same_trouble_and_calm_ends_it(self, proxy: Proxy) -> None:
        async def story() -> list[bool]:
            proxy.at_random(5, 0.5, only=["refuse", "reset_answer"])
            answered = []
            for _ in range(20):
                try:
                    answered.append(await said(proxy, b"x" * 500) == b"X" * 500)
                except ConnectionError:
                    answered.append(False)
            proxy.calm()
            return answered

        first = await story()
        assert await story() == first
        assert {True, False} == set(first)
        assert set(proxy.happened) == {"refuse", "reset_answer"}
        assert await said(proxy) == b"HELLO THERE"

    async def test_leaving_ends_a_connection_that_waits_for_ever(self, echo: Echo) -> None:
        async with Proxy("127.0.0.1", echo.port) as proxy:
            proxy.next("stall")
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(b"hello")
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(reader.read(), 10)
        writer.close()

    async def test_a_kind_that_is_not_on_the_menu_is_refused(self, proxy: Proxy) -> None:
        with pytest.raises(ValueError, match=f"there is {', '.join(MENU)}"):
            proxy.next("flood")
