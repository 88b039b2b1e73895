"""Connections to one mail server: at most so many at once, kept for a moment, logged in, and checked before use."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPConnectResponseError, SMTPException, SMTPHeloError

from connectors.email.config import SmtpServer
from connectors.email.oauth import AccessTokens
from connectors.email.sending.refusals import Stage, refusal
from core.errors import AccountRefused, ChannelError, ChannelUnavailable

_MOST = 4  # at once, of one process: small servers take no more from one place
_IDLE_SECONDS = 30.0
_CHECK_SECONDS = 5.0


class Connections:
    """Opens nothing until the first mail. `helo` is the name that we greet with: a domain of ours."""

    def __init__(self, server: SmtpServer, *, helo: str) -> None:
        self._server = server
        self._helo = helo
        self._tokens = AccessTokens(server.oauth) if server.oauth else None
        self._slots = asyncio.Semaphore(_MOST)
        self._idle: list[tuple[SMTP, asyncio.TimerHandle]] = []
        self._leaving: set[asyncio.Task[None]] = set()
        self._tls: ssl.SSLContext | None = None
        self._closed = False

    async def prepare(self) -> None:
        """Read the certificates, which takes a while."""
        if self._tls is None and self._server.tls != "none":
            self._tls = await asyncio.to_thread(_context, self._server.ca_file)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[SMTP]:
        """A connection that is logged in, with nothing begun on it. Afterwards it is kept, unless it is closed by then.

        Raises ChannelUnavailable and AccountRefused. Whatever else is raised within closes it.
        """
        async with self._slots:
            self._check_open()
            smtp = await self._kept() or await self._new()
            try:
                yield smtp
            except ChannelError:  # the server's answer, which it may give on the same connection again
                self._keep(smtp)
                raise
            except BaseException:
                smtp.close()
                raise
            self._keep(smtp)

    async def close(self) -> None:
        """Take leave of the server. Safe to repeat."""
        self._closed = True
        while self._idle:
            self._leave(self._idle[-1][0])
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=_CHECK_SECONDS)

    async def _kept(self) -> SMTP | None:
        """One that still answers, whatever an earlier mail left on it."""
        while self._idle:
            smtp, timer = self._idle.pop()
            timer.cancel()
            try:
                if smtp.is_connected and (await smtp.rset(timeout=_CHECK_SECONDS)).code == 250:
                    return smtp
            except (SMTPException, OSError):
                pass
            except BaseException:
                smtp.close()
                raise
            smtp.close()
        return None

    async def _new(self) -> SMTP:
        await self.prepare()
        server = self._server
        smtp = SMTP(
            hostname=server.host,
            port=server.port,
            timeout=server.timeout,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            tls_context=self._tls,
            local_hostname=self._helo,
        )
        try:
            await smtp.connect()
            await smtp.ehlo()
            if server.user:
                await self._login(smtp)
        except BaseException as error:
            smtp.close()
            if isinstance(error, SMTPException | OSError):
                raise _unreachable(error, server) from error
            raise
        return smtp

    async def _login(self, smtp: SMTP) -> None:
        token = await asyncio.to_thread(self._tokens.current) if self._tokens else ""
        try:
            if token:
                await smtp.auth_xoauth2(self._server.user, token)
            else:
                await smtp.login(self._server.user, self._server.password)
        except SMTPAuthenticationError as error:
            if self._tokens:
                self._tokens.forget()
            raise refusal(Stage.LOGIN, error.code, error.message, about=self._server.user) from error
        except (OSError, SMTPConnectResponseError):
            raise
        except SMTPException as error:  # it offers no login, or none that we know
            raise AccountRefused(
                f"{self._server.host} lets nobody log in here ({error.message}): an admin must check SMTP's port and "
                "encryption. Then send it again."
            ) from error

    def _keep(self, smtp: SMTP) -> None:
        if self._closed or not smtp.is_connected:
            smtp.close()
            return
        timer = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._leave, smtp)
        self._idle.append((smtp, timer))

    def _leave(self, smtp: SMTP) -> None:
        for each in self._idle:
            if each[0] is smtp:
                each[1].cancel()
                self._idle.remove(each)
                break
        task = asyncio.get_running_loop().create_task(_quit(smtp))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the e-mail connector is closed")


async def _quit(smtp: SMTP) -> None:
    with suppress(SMTPException, OSError):
        await smtp.quit(timeout=_CHECK_SECONDS)
    smtp.close()


def _context(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def _unreachable(error: SMTPException | OSError, server: SmtpServer) -> ChannelError:
    if isinstance(error, SMTPConnectResponseError | SMTPHeloError):
        return refusal(Stage.GREETING, error.code, error.message, about=server.host)
    if isinstance(error, ssl.SSLCertVerificationError) or isinstance(error.__cause__, ssl.SSLCertVerificationError):
        return ChannelUnavailable(
            f"The certificate of {server.host} is not to be trusted, so nothing was sent: an admin must see to it."
        )
    if isinstance(error, SMTPException) and "STARTTLS" in error.message:
        return ChannelUnavailable(
            f"{server.host} offers no encryption, so nothing was sent: an admin must check SMTP's port and encryption."
        )
    return ChannelUnavailable(f"Our mail server {server.host} cannot be reached: nothing was sent.")
