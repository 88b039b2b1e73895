"""A provider that is nothing but a socket: for the ways in which a connection can fail."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from socket import SO_LINGER, SOL_SOCKET

Act = Callable[[asyncio.StreamWriter], None]


class Peer:
    """A server that does one scripted thing with each request it has read whole, and remembers the requests."""

    def __init__(self, act: Act) -> None:
        self.requests: list[bytes] = []
        self.url = ""
        self.act = act

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length")
                )
                self.requests.append(head + await reader.readexactly(length))
                self.act(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def answering(status: int, body: bytes, *headers: str) -> Act:
    head = "".join(f"{line}\r\n" for line in [f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}", *headers])
    return lambda writer: writer.write(head.encode() + b"\r\n" + body)


def reset(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()


def half_an_answer(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{")
    writer.close()


def silence(writer: asyncio.StreamWriter) -> None:
    del writer


@asynccontextmanager
async def listening(act: Act) -> AsyncIterator[Peer]:
    peer = Peer(act)
    async with await asyncio.start_server(peer, "127.0.0.1", 0) as server:
        peer.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield peer
