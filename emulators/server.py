"""Runs one ASGI application with uvicorn inside the running event loop: what every emulator stands on.

It installs no signal handlers, writes no access log and never touches the loop's policy; whoever owns the
process decides about those. It serves loopback only.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# After this many seconds of stopping, requests still being answered (a scripted delay, say) are cancelled.
STOP_PATIENCE = 1
_TRANSPORT = "threadline.transport"


class _Protocol(HttpToolsProtocol):
    """uvicorn's own protocol; it only lets the application reach the connection, for scripted faults."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {_TRANSPORT: {"it": self.transport}}


class _Server(uvicorn.Server):
    """uvicorn's server without signal handlers, and without polling for its own end ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self.stopping = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        await self.stopping.wait()


class Served:
    """`async with Served(app) as served:` runs `app` on 127.0.0.1; `served.url` says where.

    `port` 0 takes a free one. Entering returns once connections are accepted; leaving returns once the last
    one is closed. Raises OSError when the port is taken.
    """

    def __init__(self, app: Any, *, port: int = 0, host: str = "127.0.0.1") -> None:
        # The protocol is named because asyncio leaves Nagle's delay on for sockets that do not name it.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        self.host = host
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        self._config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="websockets-sansio",
            lifespan="off",
            log_config=None,
            access_log=False,
            # Nobody ticks the date (see main_loop), and no client needs it.
            date_header=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_PATIENCE,
        )
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Served":
        self._server = server = _Server(self._config)
        self._task = task = asyncio.create_task(server.serve(sockets=[self._socket]))
        listening = asyncio.create_task(server.listening.wait())
        await asyncio.wait({task, listening}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            listening.cancel()
            task.result()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is None or self._task is None:
            return
        self._server.stopping.set()
        await self._task
        self._server = self._task = None


def has_gone(scope: Any) -> bool:
    """Whether whoever sent this request has closed the connection, as far as is known by now."""
    return bool(scope["extensions"][_TRANSPORT]["it"].is_closing())


def hang_up(scope: Any, *, reset: bool) -> None:
    """Close the connection a request came on, without an answer.

    `reset` sends a TCP RST (the client sees ECONNRESET); otherwise the client sees an orderly end.
    """
    transport = scope["extensions"][_TRANSPORT]["it"]
    if reset:
        # Lingering for zero seconds turns the close into a reset.
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def write_and_close(scope: Any, answer: bytes) -> None:
    """Write an answer past the server, which would let none out that breaks HTTP, and end the connection after it."""
    transport = scope["extensions"][_TRANSPORT]["it"]
    transport.write(answer)
    transport.close()
