"""Socket Mode's server side: who is connected, envelopes out, acknowledgements in.

It hands out one-time addresses (`apps.connections.open`) and refuses a socket that comes with any other. What can go
wrong: `via` leads through a relay that may freeze, `mute` says no hello, `disconnect` and `cut` end what is open,
`cut_after_next` once the next envelope is out, and whoever opens more than `most` loses the newest.
"""

import asyncio
import json
import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from emulators.slack.channels import Json


@dataclass(eq=False, slots=True)
class _Connection:
    socket: WebSocket
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)


class Sockets:
    """An application's open sockets. Each gets some of the traffic, in turn; Slack promises no particular one."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id
        self._tickets: set[str] = set()
        self._open: list[_Connection] = []
        self._greeted = asyncio.Event()
        self.opened = 0  # how many sockets were ever accepted
        self.most = 10  # that may be open at a time
        self.mute = False
        self.via: str | None = None  # the address that applications are given instead of ours, "ws://127.0.0.1:4001"
        self.ended: Counter[str] = Counter()  # by us: announced, cut, cut after delivering
        self.cut_after_next = False  # the next envelope arrives, and its socket ends before it can be acknowledged
        self._turn = 0

    @property
    def connected(self) -> bool:
        return bool(self._open)

    async def until_connected(self) -> None:
        """Wait for a socket that has been greeted with `hello`."""
        await self._greeted.wait()

    def ticket(self) -> str:
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        """Hold one connection until either side ends it."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close(4001)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        self.opened += 1
        connection = _Connection(socket)
        if self.mute:
            await self._listen(connection)
            return
        if len(self._open) >= self.most:
            await socket.send_text(_notice("too_many_websockets"))
            await self._listen(connection)
            return
        hello = {
            "type": "hello",
            "num_connections": len(self._open) + 1,
            "debug_info": {"host": "emulator", "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._app_id},
        }
        await socket.send_text(json.dumps(hello))
        self._open.append(connection)
        self._greeted.set()
        await self._listen(connection)

    async def _listen(self, connection: _Connection) -> None:
        """Until the socket ends."""
        try:
            while True:
                self._heard(connection, await connection.socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._leave(connection)
            for future in connection.waiting.values():
                future.cancel()

    async def send(self, kind: str, payload: Json, *, retry: tuple[int, str], deadline: float) -> Any:
        """Send one envelope; the payload of its acknowledgement ("" when bare). Raises TimeoutError."""
        self._turn += 1
        connection = self._open[self._turn % len(self._open)]
        envelope_id = secrets.token_hex(16)
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
            "payload": payload,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry[0], "retry_reason": retry[1]}
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = future
        try:
            async with asyncio.timeout(deadline):
                await connection.socket.send_text(json.dumps(envelope))
                if self.cut_after_next:
                    await self._cut_unheard(connection, future)
                # A future that is cancelled means the socket went away: to Slack the same as silence.
                await asyncio.wait({future})
        except (WebSocketDisconnect, RuntimeError):
            raise TimeoutError from None
        finally:
            connection.waiting.pop(envelope_id, None)
        if future.cancelled():
            raise TimeoutError
        return future.result()

    async def disconnect(self, reason: str = "refresh_requested") -> int:
        """Tell every connected application to reconnect. The old sockets get nothing more, except after a "warning"."""
        leaving = list(self._open)
        self.ended["announced"] += len(leaving)
        for connection in leaving:
            if reason != "warning":
                self._leave(connection)
            await connection.socket.send_text(_notice(reason))
        return len(leaving)

    async def cut(self) -> int:
        """End every socket without a word, as a broken network would."""
        leaving = list(self._open)
        self.ended["cut"] += len(leaving)
        for connection in leaving:
            self._leave(connection)
            await connection.socket.close(1011)
        return len(leaving)

    async def _cut_unheard(self, connection: _Connection, future: asyncio.Future[Any]) -> None:
        self.cut_after_next = False
        self.ended["cut after delivering"] += 1
        future.cancel()
        self._leave(connection)
        await connection.socket.close(1011)

    def _leave(self, connection: _Connection) -> None:
        if connection in self._open:
            self._open.remove(connection)
        if not self._open:
            self._greeted.clear()

    def _heard(self, connection: _Connection, text: str) -> None:
        try:
            answer = json.loads(text)
        except ValueError:
            return
        future = connection.waiting.get(answer.get("envelope_id", "")) if isinstance(answer, dict) else None
        if future is not None and not future.done():
            future.set_result(answer.get("payload") or "")


def _notice(reason: str) -> str:
    return json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "emulator"}})
