"""Reads a request's body up to a cap. Nothing beyond the cap is kept in memory."""

from collections.abc import Iterable

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive


async def read(headers: Iterable[tuple[bytes, bytes]], receive: Receive, *, cap: int) -> bytes:
    """The whole body, of at most `cap` bytes.

    Raises HTTPException 413 for more: at once when the length is declared, else with the first byte too many.
    The server discards what still arrives. Raises ClientDisconnect when the sender hangs up half-way.
    """
    for name, value in headers:
        if name == b"content-length" and (not value.isdigit() or int(value[:20]) > cap):
            raise _too_large(cap)
    message = await receive()
    chunks = [_chunk(message)]
    size = len(chunks[0])
    while message.get("more_body", False) and size <= cap:
        message = await receive()
        chunks.append(_chunk(message))
        size += len(chunks[-1])
    if size > cap:
        raise _too_large(cap)
    return b"".join(chunks)


def replayed(body: bytes) -> Receive:
    """A `receive` that hands out a body that was read already."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


def _chunk(message: Message) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    chunk: bytes = message.get("body", b"")
    return chunk


def _too_large(cap: int) -> HTTPException:
    return HTTPException(413, f"The body is larger than {cap // 1024} kB.")
