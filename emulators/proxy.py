"""A bad network on localhost: a TCP proxy between any client and any server, which troubles connections.

    async with Proxy("127.0.0.1", 8000) as proxy:   # clients go to proxy.url
        proxy.next("reset_answer", after=100)       # the next connection
        proxy.at_random(seed=1, share=0.1)          # or each, with this probability

| kind | what happens to one connection |
|---|---|
| refuse | it is reset as soon as it is there: the server never sees it |
| stall | it is accepted and stays silent: the server never sees it |
| reset_request | the first `after` bytes go to the server, then both sides are reset |
| reset_answer | everything goes to the server, the first `after` bytes of its answers come back, then both are reset |
| mute | everything goes to the server, nothing comes back |
| drip | everything arrives, a few bytes at a time |

A client that keeps a connection open meets the trouble drawn when it was opened, with all of its requests. It knows
no protocol: counting is by bytes, in each direction from the start of the connection.
"""

import asyncio
import contextlib
import random
import socket
import struct
from collections import Counter, deque
from collections.abc import Collection, Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from emulators.chance import Chance

MENU = ("refuse", "stall", "reset_request", "reset_answer", "mute", "drip")
MOST_BYTES = 400  # chance lets so many through at the most before it resets
DRIP = 64  # bytes at a time
DRIP_PAUSE = 0.002  # seconds
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happens to one connection. `after`: so many bytes pass before it."""

    kind: str
    after: int = 0


class Proxy:
    """Entering returns once connections are accepted; leaving ends those that are open, whatever they are doing.

    `target_port` may change while it runs: connections made from then on go there.
    """

    def __init__(self, target_host: str, target_port: int, *, port: int = 0) -> None:
        self.target_host, self.target_port = target_host, target_port
        self.port = port
        self.opened = 0  # connections accepted so far
        self._chance = Chance(MENU)
        self._dice = random.Random(0)
        self._laid_out: deque[Trouble] = deque()
        self._server: asyncio.Server | None = None
        self._over = False
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def happened(self) -> Counter[str]:
        """How many connections met what."""
        return self._chance.happened

    def next(self, kind: str, *, after: int = 0, times: int = 1) -> None:
        """Let the next `times` connections meet this. Raises ValueError for a kind that is not on the menu."""
        if kind not in MENU:
            raise ValueError(f"no such trouble: {kind}; there is {', '.join(MENU)}")
        self._laid_out.extend([Trouble(kind, after)] * times)

    def at_random(self, seed: int, share: float, *, only: Collection[str] | None = None) -> None:
        """From now on each new connection meets, with this probability, one of the menu (`only`: of these kinds)."""
        self._chance.at_random(seed, share, only=only)
        self._dice = random.Random(seed)

    def calm(self) -> None:
        """New connections pass untroubled; those that are open keep what they met."""
        self._chance.calm()
        self._laid_out.clear()

    def cut(self) -> int:
        """Reset every open connection now, as a router that restarts would. How many there were."""
        for task in self._open:
            task.cancel()
        return len(self._open)

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True  # for what was accepted and has not begun yet
        if self._server is not None:
            self._server.close()
        self.cut()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _trouble(self) -> Trouble | None:
        if self._laid_out:
            trouble = self._laid_out.popleft()
            self._chance.count(trouble.kind)
            return trouble
        kind = self._chance.draw()
        return None if kind is None else Trouble(kind, self._dice.randrange(MOST_BYTES))

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        task = asyncio.current_task()
        assert task is not None  # a coroutine runs in one
        self._open.add(task)
        trouble = self._trouble()
        there: asyncio.StreamWriter | None = None
        try:
            if self._over or (trouble is not None and trouble.kind == "refuse"):
                raise ConnectionResetError
            if trouble is not None and trouble.kind == "stall":
                await _drain(reader)
                return
            server, there = await asyncio.open_connection(self.target_host, self.target_port)
            await _both(_request(reader, there, trouble), _answer(server, writer, trouble))
        except (OSError, asyncio.CancelledError):
            _reset(writer)
            if there is not None:
                _reset(there)
        finally:
            self._open.discard(task)
            for each in (writer, there):
                if each is not None:
                    each.close()


async def _both(*directions: Coroutine[Any, Any, None]) -> None:
    """Until both have ended; what goes wrong with one ends the other."""
    tasks = [asyncio.create_task(each) for each in directions]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


async def _request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, trouble: Trouble | None) -> None:
    kind = None if trouble is None else trouble.kind
    await _pass(
        reader, writer, most=trouble.after if trouble and kind == "reset_request" else None, drip=kind == "drip"
    )


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, trouble: Trouble | None) -> None:
    kind = None if trouble is None else trouble.kind
    if kind == "mute":
        await _drain(reader)
    else:
        most = trouble.after if trouble and kind == "reset_answer" else None
        await _pass(reader, writer, most=most, drip=kind == "drip")


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, most: int | None, drip: bool) -> None:
    """Copy until the end. With `most`, raises ConnectionResetError for the first byte after so many."""
    passed = 0
    while data := await reader.read(DRIP if drip else _CHUNK):
        allowed = data if most is None else data[: most - passed]
        writer.write(allowed)
        await writer.drain()
        passed += len(allowed)
        if len(allowed) < len(data):
            raise ConnectionResetError
        if drip:
            await asyncio.sleep(DRIP_PAUSE)
    with contextlib.suppress(OSError):
        writer.write_eof()


async def _drain(reader: asyncio.StreamReader) -> None:
    while await reader.read(_CHUNK):
        continue


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a TCP RST: lingering for zero seconds turns the close into a reset."""
    with contextlib.suppress(OSError):  # the other side was faster, and the socket is closed already
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
