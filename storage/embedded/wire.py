"""Just enough of PostgreSQL's wire protocol (version 3.0) to ask one question over a Unix socket.

Standard library only, so that the guardian stays small. Knows no passwords: the sockets are private.
Source: postgresql.org/docs/current/protocol-message-formats.html
"""

import contextlib
import errno
import os
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROTOCOL_3_0 = 196608
_NOBODY_LISTENS = {errno.ENOENT, errno.ECONNREFUSED, errno.ENOTDIR}


class NotUsable(Exception):
    """No answer to the question, for one of the three reasons below."""


class NoServer(NotUsable):
    """Nobody listens at this socket."""


class Unanswered(NotUsable):
    """Somebody listens, but no usable answer came: silent, overloaded, gone in mid-sentence, or not PostgreSQL."""


class Declined(NotUsable):
    """The server answered with an error; `state` is its five-letter SQLSTATE."""

    def __init__(self, state: str, message: str) -> None:
        super().__init__(f"{state}: {message}")
        self.state = state


CANNOT_CONNECT_NOW = "57P03"  # starting up, recovering or shutting down


@dataclass(frozen=True, slots=True)
class Answer:
    value: str | None  # first column of the first row; None: no row, or null
    pid: int | None  # the process that listens, as the kernel knows it; None where the kernel does not say
    uid: int | None


def ask(address: Path, sql: str, *, database: str = "postgres", timeout: float = 3.0) -> Answer:
    """Connect as `postgres`, run one statement, and close. `timeout` in seconds, for each step.

    Raises NoServer, Unanswered, Declined.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        try:
            connection.connect(os.fspath(address))
            pid, uid = _peer(connection)
            connection.sendall(_startup(database))
            for _ in _until_ready(connection):
                pass
            connection.sendall(_framed(b"Q", sql.encode() + b"\0"))
            rows = [body for kind, body in _until_ready(connection) if kind == b"D"]
            with contextlib.suppress(OSError):
                connection.sendall(_framed(b"X", b""))
        except OSError as error:
            if error.errno in _NOBODY_LISTENS:
                raise NoServer(str(error)) from error
            raise Unanswered(str(error) or type(error).__name__) from error
        except struct.error as error:
            raise Unanswered("not PostgreSQL") from error
    return Answer(_first_column(rows[0]) if rows else None, pid, uid)


def _peer(connection: socket.socket) -> tuple[int | None, int | None]:
    """Who called listen() on the other side (Linux); this cannot be forged by a file."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return None, None
    pid, uid, _gid = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i")))
    return pid, uid


def _startup(database: str) -> bytes:
    pairs = {"user": "postgres", "database": database, "application_name": "threadline-engine"}
    body = struct.pack("!i", _PROTOCOL_3_0)
    body += b"".join(f"{key}\0{value}\0".encode() for key, value in pairs.items()) + b"\0"
    return struct.pack("!i", len(body) + 4) + body


def _framed(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


def _until_ready(connection: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    """Messages up to ReadyForQuery. Raises Declined on an error message."""
    while True:
        head = _exactly(connection, 5)
        kind, length = head[:1], struct.unpack("!i", head[1:])[0] - 4
        if not 0 <= length < 1_000_000:
            raise Unanswered("not PostgreSQL")
        body = _exactly(connection, length)
        if kind == b"E":
            fields = {part[:1]: part[1:].decode("utf-8", "replace") for part in body.split(b"\0") if part}
            raise Declined(fields.get(b"C", ""), fields.get(b"M", ""))
        if kind == b"R" and struct.unpack("!i", body[:4])[0] != 0:
            raise Declined("28000", "the server asks for a password")
        if kind == b"Z":
            return
        yield kind, body


def _exactly(connection: socket.socket, size: int) -> bytes:
    chunks = bytearray()
    while len(chunks) < size:
        if not (chunk := connection.recv(size - len(chunks))):
            raise Unanswered("the connection was closed")
        chunks += chunk
    return bytes(chunks)


def _first_column(row: bytes) -> str | None:
    length = struct.unpack("!i", row[2:6])[0]
    return None if length < 0 else os.fsdecode(row[6 : 6 + length])
