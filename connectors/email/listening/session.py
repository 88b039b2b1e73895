"""One client's conversation by SMTP, on aiosmtpd, which finds the steps by the names of their methods.

The lines of a mail are read here: the library's own reading keeps whatever an endless line brings, and a mail longer
than it takes to the last byte.
"""

import asyncio
from typing import TYPE_CHECKING, Any, cast

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from connectors.email.listening.event import is_doubtful, without_stuffing

if TYPE_CHECKING:
    from connectors.email.listening.door import Door

_LINE, _DOT = b"\r\n", b".\r\n"
_END = _LINE + _DOT
_MOST_RECIPIENTS = 100
_MOST_REFUSED = 20  # recipients that are not ours, of one connection: nobody tries out a list of names here
_CALLS = {"MAIL": 1000, "RCPT": 5000, "DATA": 1000, "RSET": 1000, "*": 50}  # of one connection

log = structlog.get_logger()


class Steps:
    """Our answer to each step."""

    def __init__(self, door: "Door") -> None:
        self._door = door
        self._refused = 0

    async def handle_EHLO(
        self, smtp: "MailSession", session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        known = [answer for answer in answers if answer[4:8] not in ("AUTH", "HELP")]
        return [*known, "250-ENHANCEDSTATUSCODES", "250 PIPELINING"]

    async def handle_RCPT(
        self, smtp: "MailSession", session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self._door.ours.owns(address):
            self._refused += 1
            if self._refused > _MOST_REFUSED:
                smtp.end()
                return "421 4.7.0 Too many recipients that are not here"
            return "550 5.1.1 No such mailbox here"
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients: send it to the others by itself"
        if address not in envelope.rcpt_tos:
            envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        log.error("mail_listener_failed", error=repr(error))
        return "451 4.3.0 Something went wrong here: try again later"


class MailSession(SMTP):
    """aiosmtpd's protocol, without its login, and with our own reading of the lines."""

    line_length_limit = 64 * 1024  # bytes that are read at once; a mail's lines may be longer

    def __init__(self, door: "Door", **options: Any) -> None:
        super().__init__(Steps(door), timeout=door.listener.idle, command_call_limit=_CALLS, **options)
        self._door = door
        self._peer = ""
        self._is_relay = False
        self._let_in = False
        self._busy = False  # a mail is being read or stored
        self._leaves = False
        self._held = 0  # bytes of a mail
        for unneeded in ("AUTH", "HELP", "VRFY", "EXPN"):
            self._smtp_methods.pop(unneeded)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._let_in:  # else it has become an encrypted one
            self._peer = str((transport.get_extra_info("peername") or ("",))[0])
            self._is_relay = self._door.is_relay(self._peer)
            self._let_in = self._door.enter(self, self._peer)
        if self._let_in:
            super().connection_made(transport)
        else:
            writing = cast("asyncio.WriteTransport", transport)  # uvloop's are none by their class
            writing.write(b"421 4.7.0 Too many connections: try again later\r\n")
            writing.close()

    def connection_lost(self, error: Exception | None) -> None:
        if self._let_in:
            self._door.leave(self, self._peer)
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        return super().eof_received() if self._let_in else False

    def leave_soon(self) -> None:
        """Close the connection, once the mail that is on it is answered."""
        self._leaves = True
        if not self._busy:
            self.end()

    def end(self) -> None:
        """Close the connection once what was said has gone out."""
        if self.transport is not None:
            asyncio.get_running_loop().call_soon(self.transport.close)

    async def smtp_DATA(self, arg: str | None) -> None:
        assert self.envelope is not None, "aiosmtpd makes one for each mail"
        if await self.check_helo_needed():
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        envelope, self._busy = self.envelope, True
        try:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            self._reset_timeout(self._door.listener.reading)
            answer = await self._taken(envelope)
        finally:
            self._let_go()
            self._busy = False
        self.envelope = self._create_envelope()
        await self.push(answer)
        self._reset_timeout()
        if self._leaves:
            self.end()

    async def _taken(self, envelope: Envelope) -> str:
        """The answer to a mail that is read now, and stored."""
        lines = await self._lines()
        if isinstance(lines, str):
            return lines
        if is_doubtful(lines):
            return "554 5.6.0 A line with nothing but a dot does not end in CR LF: nothing was taken"
        self._reset_timeout(self._door.listener.storing + self._door.listener.idle)
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from or ""
        return await self._door.take(without_stuffing(lines), sender, envelope.rcpt_tos, peer=self._peer)

    async def _lines(self) -> bytes | str:
        """All up to the line with the dot, without it; or why that is not taken, when it was read and thrown away."""
        lines, size, refused = bytearray(), -len(_LINE), ""
        # A line end before the first line, which may be the dot: so there is one end to look for, and no line between
        # costs anything of its own.
        self._reader._buffer[:0] = _LINE  # type: ignore[attr-defined]  # noqa: SLF001 - nothing else puts bytes back
        while True:
            try:
                piece, ended = await self._reader.readuntil(_END), True
            except asyncio.LimitOverrunError as error:  # it leaves there what may be the beginning of the end
                piece, ended = await self._reader.readexactly(error.consumed), False
            lines += piece
            size += len(piece)
            refused = refused or self._refused(size - len(_DOT) if ended else size, len(piece))
            if ended:
                return refused or bytes(lines[len(_LINE) : -len(_DOT)])
            if refused:
                lines.clear()
                self._let_go()
            if size > 2 * self._door.listener.largest:  # it does not look as if it would end
                await self.push(refused)
                self.end()
                await asyncio.get_running_loop().create_future()  # cancelled when the connection is gone

    def _refused(self, size: int, more: int) -> str:
        if size > self._door.listener.largest:
            return f"552 5.3.4 The mail is larger than the {self._door.listener.largest:,} bytes that are taken here"
        if not self._door.memory.hold(self._peer, more, so_far=self._held, relay=self._is_relay):
            return "452 4.3.1 Too much mail comes in at once: try again later"
        self._held += more
        return ""

    def _let_go(self) -> None:
        self._door.memory.let_go(self._peer, self._held)
        self._held = 0
