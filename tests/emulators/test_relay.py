"""A network that falls silent without ending anything."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from emulators.relay import Relay


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """The port of a server that says back what it is told."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(1000):
            writer.write(chunk)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def heard(reader: asyncio.StreamReader, *, within: float = 5.0) -> bytes | None:
    """None: nothing at all."""
    try:
        return await asyncio.wait_for(reader.read(1000), within)
    except TimeoutError:
        return None


async def test_it_passes_on_stops_and_passes_on_what_waited(echo: int) -> None:
    async with Relay(echo) as relay:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        writer.write(b"one")
        assert await heard(reader) == b"one"
        relay.freeze()
        writer.write(b"two")
        assert await heard(reader, within=0.1) is None
        relay.thaw()
        assert await heard(reader) == b"two"
        writer.close()


async def test_frozen_it_takes_new_connections_and_says_nothing(echo: int) -> None:
    async with Relay(echo) as relay:
        relay.freeze()
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        writer.write(b"hello?")
        assert await heard(reader, within=0.1) is None
        writer.close()


async def test_what_ends_on_one_side_ends_on_the_other(echo: int) -> None:
    async with Relay(echo) as relay:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        writer.write_eof()
        assert await heard(reader) == b""
        writer.close()
