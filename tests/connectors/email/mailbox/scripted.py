"""An IMAP server of a hundred lines that misbehaves as told. It shares no code with what it tries.

async with ScriptedImap({1: mail, 2: other}) as server:
    server.broken[2] = "nil"
"""

import asyncio
import re
from base64 import b64decode
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from connectors.email.config import ImapServer

_FETCH = re.compile(r"UID FETCH ([0-9:,*]+) \((.*)\)")
_SEARCH = re.compile(r"UID SEARCH UID (\d+):(\d+|\*)")


class ScriptedImap:
    """`mails` by UID. `broken`: what is wrong with fetching one, as `_fetch` and `_body` know it.

    With " body" behind it, its headers are whole.
    """

    def __init__(self, mails: dict[int, bytes] | None = None) -> None:
        self.mails = dict(mails or {})
        self.broken: dict[int, str] = {}
        self.greeting = "* OK ready"
        self.capability = "IMAP4rev1 IDLE"
        self.login = "OK logged in"
        self.token = ""  # what lets in by XOAUTH2
        self.examine = "OK done"
        self.idle = "wait"  # or bye, news, early, refuse, cut, silent
        self.validity: int | None = 7
        self.following: int | None = None  # UIDNEXT; None: as it should be
        self.commands: list[str] = []
        self.idling = asyncio.Event()
        self.ended = asyncio.Event()
        self._wake = asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=2**20)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def server(self, **changed: Any) -> ImapServer:
        said = {"host": "127.0.0.1", "user": "mia", "password": "hush", "tls": "none", "timeout": 5.0, "poll": 20.0}
        return ImapServer(**{**said, "port": self.port, **changed})

    def add(self, uid: int, mail: bytes) -> None:
        self.mails[uid] = mail
        self._wake.set()

    def hang_up(self) -> None:
        """End all connections."""
        for task in self._open:
            task.cancel()

    def said(self, what: str) -> int:
        """How often a command with these words came."""
        return sum(what in command for command in self.commands)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            self.ended.set()
        except asyncio.CancelledError:
            pass  # we hang up
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.greeting:
            writer.write(f"{self.greeting}\r\n".encode())
        while line := (await reader.readuntil(b"\n")).decode().strip():
            tag, _, command = line.partition(" ")
            self.commands.append(command)
            said = await self._answer(command, reader, writer)
            if said is None:
                return
            writer.write(f"{tag} {said}\r\n".encode())
            await writer.drain()

    async def _answer(self, command: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str | None:
        """The tagged answer; None ends the connection."""
        match command.split()[0]:
            case "CAPABILITY":
                writer.write(f"* CAPABILITY {self.capability}\r\n".encode())
            case "AUTHENTICATE":
                return await self._authenticate(reader, writer)
            case "LOGIN":
                return self.login or None
            case "EXAMINE":
                writer.write(self._folder())
                return self.examine
            case "IDLE":
                return await self._idle(reader, writer)
            case "UID" if (searched := _SEARCH.match(command)) is not None:
                low, high = int(searched[1]), 2**32 if searched[2] == "*" else int(searched[2])
                found = " ".join(str(uid) for uid in sorted(self.mails) if low <= uid <= high)
                writer.write(f"* SEARCH {found}\r\n".encode())
            case "UID" if (fetched := _FETCH.match(command)) is not None:
                return self._fetch([int(uid) for uid in fetched[1].split(",")], fetched[2], writer)
            case "LOGOUT":
                return None
            case _:
                return "BAD what?"
        return "OK done"

    async def _authenticate(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        writer.write(b"+ \r\n")
        said = b64decode(await reader.readuntil(b"\n")).decode()
        if said == f"user=mia\1auth=Bearer {self.token}\1\1":
            return "OK logged in"
        writer.write(b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n")  # why not; whatever is said to that, the answer is no
        await reader.readuntil(b"\n")
        return "NO AUTHENTICATE failed."

    def _folder(self) -> bytes:
        following = self.following or max(self.mails, default=0) + 1
        said = [f"* {len(self.mails)} EXISTS", f"* OK [UIDNEXT {following}] next"]
        said += [] if self.validity is None else [f"* OK [UIDVALIDITY {self.validity}] valid"]
        return "".join(f"{line}\r\n" for line in said).encode()

    async def _idle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str | None:
        count = len(self.mails)
        match self.idle:
            case "refuse":
                return "NO not today"
            case "early":
                writer.write(f"* {count} EXISTS\r\n".encode())
            case "cut":
                return None
        writer.write(b"+ idling\r\n")
        if self.idle == "news":
            writer.write(f"* {count} EXISTS\r\n".encode())
        if self.idle == "bye":
            writer.write(b"* BYE going down for lunch\r\n")
            return None
        await writer.drain()
        self.idling.set()
        done = asyncio.create_task(reader.readuntil(b"\n"))
        while not done.done():
            self._wake.clear()
            if len(self.mails) > count and self.idle != "forgetful":
                count = len(self.mails)
                writer.write(f"* {count} EXISTS\r\n".encode())
            woken = asyncio.create_task(self._wake.wait())
            await asyncio.wait({done, woken}, return_when=asyncio.FIRST_COMPLETED)
            woken.cancel()
        await done
        if self.idle == "silent":
            with suppress(asyncio.IncompleteReadError):
                await reader.readuntil(b"\n")
        return "OK idled"

    def _fetch(self, uids: list[int], items: str, writer: asyncio.StreamWriter) -> str | None:
        for uid in uids:
            mail, wrong = self.mails.get(uid), self.broken.get(uid, "")
            if mail is None:
                continue
            if "RFC822.SIZE" in items:
                if wrong != "gone":
                    date = "23-Nov-2026 10:00:00 +0000"
                    size = 10 if wrong == "lies" else len(mail)
                    flags = "\\Seen \\Deleted" if wrong == "deleted" else "\\Seen"
                    said = f'* 1 FETCH (UID {uid} RFC822.SIZE {size} INTERNALDATE "{date}" FLAGS ({flags}))'
                    writer.write(f"{said}\r\n".encode())
                continue
            head = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            key, content = ("BODY[HEADER]<0>", head) if "HEADER" in items else ("BODY[]", mail)
            if wrong.endswith(" body"):
                wrong = "" if "HEADER" in items else wrong.removesuffix(" body")
            if wrong == "cut":
                writer.write(
                    f"* 1 FETCH (UID {uid} {key} {{{len(content)}}}\r\n".encode() + content[: len(content) // 2]
                )
                return None
            if wrong == "refused":
                return "NO [SERVERBUG] this mail is damaged"
            writer.write(_body(uid, key, content, wrong))
        return "OK done"


def _body(uid: int, key: str, content: bytes, wrong: str) -> bytes:
    match wrong:
        case "nil":
            return f"* 1 FETCH (UID {uid} {key} NIL)\r\n".encode()
        case "omitted":
            return b""
        case "garbage":
            return f"* 1 FETCH (UID ( {uid} {key} )) {{\r\n".encode()
        case "short":
            content = content[: len(content) // 3]
    return f"* 1 FETCH (UID {uid} {key} {{{len(content)}}}\r\n".encode() + content + b")\r\n"
