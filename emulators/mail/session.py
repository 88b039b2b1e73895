"""One conversation of a client with the mail server, as aiosmtpd speaks it, with the faults laid out for it."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from emulators.mail.faults import MailFault
from emulators.mail.mails import TakenMail

if TYPE_CHECKING:
    from emulators.mail.server import MailServer

STEPS = ("EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA")


class Handler:
    """What the server says to each step. aiosmtpd finds the methods by their names."""

    def __init__(self, server: "MailServer") -> None:
        self._server = server

    async def handle_MAIL(
        self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._server.users and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if (refused := self._server.refused.get(address.lower())) is not None:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, smtp: "MailSession", session: Session, envelope: Envelope) -> str:
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from or ""
        content = envelope.original_content or b""
        given: object = session.auth_data
        user = given.login.decode() if isinstance(given, LoginPassword) else None
        mail = TakenMail(
            sender, tuple(envelope.rcpt_tos), content, session.host_name or "", user, encrypted=smtp.is_encrypted
        )
        answer = "250 2.0.0 OK"

        async def take() -> None:
            self._server.take(mail)
            await smtp.push(answer)

        await smtp.meeting("content", take)
        return ""


class MailSession(SMTP):
    """aiosmtpd's protocol. An empty answer of a handler means that it has answered already."""

    def __init__(self, server: "MailServer", **options: Any) -> None:
        super().__init__(Handler(server), authenticator=self._may_log_in, auth_require_tls=False, **options)
        self._server = server
        self._cut_off: MailFault | None = None  # the next answer is lost
        for step in STEPS:
            self._smtp_methods[step] = self._watched(step, self._smtp_methods[step])

    def _may_log_in(
        self, _smtp: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
    ) -> AuthResult:
        right = isinstance(given, LoginPassword) and self._server.users.get(given.login.decode("utf-8", "replace")) == (
            given.password.decode("utf-8", "replace")
        )
        return AuthResult(success=right, handled=False, auth_data=given)

    async def meeting(self, step: str, carry_out: Callable[[], Awaitable[None]]) -> None:
        """Carry a step out, or what is laid out for it."""
        fault = self._server.faults.take(step)
        if fault is None:
            await carry_out()
            return
        await asyncio.sleep(fault.delay)
        if fault.reset or fault.hang_up:
            await self._end(reset=fault.reset)
        if fault.refuses:
            await self.push(f"{fault.code} {fault.text}")
            if fault.code == 421 or step == "connect":
                await self._end(reset=False)
            return
        if fault.drop_reply or fault.reset_after or fault.cut_answer:
            self._cut_off = fault
        await carry_out()

    async def push(self, status: Any) -> None:
        if not status:
            return
        if (fault := self._cut_off) is not None:
            if fault.cut_answer:
                self._writer.write(status.encode()[:2])
                await self._writer.drain()
            await self._end(reset=fault.reset_after or fault.cut_answer)
        await super().push(status)

    async def _end(self, *, reset: bool) -> None:
        """Close the connection; does not return, because nothing more is said on it."""
        transport = self.transport
        if transport is not None:
            if reset:
                # Lingering for zero seconds turns the close into a reset.
                raw = transport.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                transport.abort()  # type: ignore[attr-defined]
            else:
                transport.close()
        await asyncio.get_running_loop().create_future()  # cancelled once the connection is gone

    @property
    def is_encrypted(self) -> bool:
        return self.transport is not None and self.transport.get_extra_info("sslcontext") is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self not in self._server.sessions:  # else it has become an encrypted one
            self._server.sessions.add(self)
            self._server.connections += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._server.sessions.discard(self)
        super().connection_lost(error)

    async def _handle_client(self) -> None:
        await self.meeting("connect", super()._handle_client)

    def _watched(self, step: str, method: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        return lambda arg: self.meeting(step, lambda: method(arg))

    async def smtp_DATA(self, arg: str) -> None:
        if (fault := self._server.faults.take("lines")) is None:
            await super().smtp_DATA(arg)
            return
        await self.push("354 Go on")
        await self._reader.readexactly(200)  # the mail has begun, and its dot is not there
        await asyncio.sleep(fault.delay)
        if fault.code is not None:
            await self.push(f"{fault.code} {fault.text}")
        await self._end(reset=fault.reset)
