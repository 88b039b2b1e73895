"""The only I/O of mail out: hands one mail to our mail server, and names every way that fails by what we do next.

Up to the dot that ends a mail nothing is sent; once it is on its way and no answer comes, nobody knows. The library's
own sending keeps a whole mail in memory several times and does not say which side of the dot a connection broke on, so
the lines of a mail are written here.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import cast

from aiosmtplib import SMTP, SMTPException, SMTPResponse, SMTPResponseException, SMTPServerDisconnected

from connectors.email.config import SmtpServer
from connectors.email.sending.connections import Connections
from connectors.email.sending.refusals import Stage, refusal, said, too_large
from connectors.email.sending.writing import OutgoingMail
from core.errors import ChannelUnavailable, MessageRefused, OutcomeUnknown, RecipientGone
from core.messages import Receipt

_LONGEST = 75.0  # seconds: a job runs for a minute and a half at most
_DOT = re.compile(rb"^\.", re.M)
_MOST_NOTED = 5  # copies that were refused are named up to here


@dataclass(slots=True)
class _Progress:
    ended: bool = False  # the dot has been written: the server may have the mail


class MailClient:
    """Sends through one server. `helo` is the name that we greet it with."""

    def __init__(self, server: SmtpServer, *, helo: str) -> None:
        self._connections = Connections(server, helo=helo)

    async def prepare(self) -> None:
        """As `Sender.prepare`."""
        await self._connections.prepare()

    async def close(self) -> None:
        """As `Sender.close`."""
        await self._connections.close()

    async def send(self, mail: OutgoingMail) -> Receipt:
        """Hand the mail over, once. Raises leaves of ChannelError; the leaf says whether the server can have got it."""
        progress = _Progress()
        try:
            async with asyncio.timeout(_LONGEST):
                async with self._connections.one() as smtp:
                    return await self._send(smtp, mail, progress)
        except (SMTPException, OSError) as error:  # a timeout is one of them
            if progress.ended:
                raise OutcomeUnknown(
                    "The connection broke before our mail server answered: the mail may have been sent."
                ) from error
            raise ChannelUnavailable("The connection to our mail server broke: nothing was sent.") from error

    async def _send(self, smtp: SMTP, mail: OutgoingMail, progress: _Progress) -> Receipt:
        most = _most(smtp)
        if most is not None and mail.size > most:
            raise too_large(mail.size, most)
        encoding = _encoding(smtp, mail)
        await self._name_sender(smtp, mail, encoding)
        refused, gone = await self._name_recipients(smtp, mail, encoding)
        answer = await self._hand_over(smtp, mail, progress)
        if answer.code != 250:
            if progress.ended and not 400 <= answer.code < 600:
                raise OutcomeUnknown("Our mail server's answer makes no sense: the mail may have been sent.")
            # Of several recipients it does not say whom it means.
            stage, about = (Stage.CONTENT, mail.recipient) if not mail.copies else (Stage.FOR_ALL, "its recipients")
            raise refusal(stage, answer.code, answer.message, about=about, size=mail.size, most=most)
        note = _note([*refused, *(f"{each} (no e-mail address)" for each in mail.refused)])
        return Receipt(mail.id, note=note, gone=tuple(gone))

    async def _name_sender(self, smtp: SMTP, mail: OutgoingMail, encoding: str) -> None:
        options = [f"SIZE={mail.size}"] if smtp.supports_extension("size") else []
        if mail.international:
            options += ["BODY=8BITMIME", "SMTPUTF8"]
        try:
            try:
                await smtp.mail(mail.sender, options=options, encoding=encoding)
            except SMTPResponseException as error:
                if mail.sender or error.code < 500:
                    raise
                # Some let nobody send without a sender. An automatic answer to this one is known by its header.
                await smtp.rset()
                await smtp.mail(mail.account, options=options, encoding=encoding)
        except SMTPResponseException as error:
            raise refusal(
                Stage.SENDER, error.code, error.message, about=mail.account, size=mail.size, most=_most(smtp)
            ) from error

    async def _name_recipients(
        self, smtp: SMTP, mail: OutgoingMail, encoding: str
    ) -> tuple[list[str], list[tuple[str, str]]]:
        """The copies that were refused, in words, and of those the ones that are gone. Where the customer is refused,
        nobody gets it.
        """
        try:
            await smtp.rcpt(mail.recipient, encoding=encoding)
        except SMTPResponseException as error:
            raise refusal(
                Stage.RECIPIENT, error.code, error.message, about=mail.recipient, size=mail.size, most=_most(smtp)
            ) from error
        refused: list[str] = []
        gone: list[tuple[str, str]] = []
        for copy in mail.copies:
            try:
                await smtp.rcpt(copy, encoding=encoding)
            except SMTPResponseException as error:
                if not smtp.is_connected or error.code == 421:
                    raise SMTPServerDisconnected("it hung up") from error
                words = said(error.code, error.message)
                refused.append(f"{copy} ({words})")
                if isinstance(refusal(Stage.RECIPIENT, error.code, error.message, about=copy), RecipientGone):
                    gone.append((copy, words))
        return refused, gone

    async def _hand_over(self, smtp: SMTP, mail: OutgoingMail, progress: _Progress) -> SMTPResponse:
        """Write the mail to its dot and return what the server says; sooner where it says it sooner."""
        answer = await smtp.execute_command(b"DATA")
        protocol = smtp.protocol
        if answer.code != 354:
            if answer.code < 400:  # a yes to nothing: it does not have the mail, and what it waits for nobody knows
                smtp.close()
                heard = said(answer.code, answer.message)
                raise ChannelUnavailable(f"Our mail server's answer makes no sense ({heard}): nothing was sent.")
            return answer
        if protocol is None or smtp.transport is None:
            raise SMTPServerDisconnected("it hung up")
        transport = cast("asyncio.WriteTransport", smtp.transport)  # uvloop's are none by their class
        # Before each piece all of the last one has left: the dot is never written while half a mail waits here.
        transport.set_write_buffer_limits(high=1, low=0)  # with 0 for both, TLS waits for ever
        reading = asyncio.ensure_future(protocol.read_response())
        try:
            # The library throws away what comes while nobody reads, and uvloop may hear the server before a new task.
            await asyncio.sleep(0)
            async for piece in _lines(mail):
                if reading.done():  # it is in the middle of a mail that it does not want
                    smtp.close()
                    return _no(await reading)
                protocol.write(piece)
                await protocol._drain_helper()  # noqa: SLF001 - of asyncio's protocols too, and their only way to wait
            progress.ended = True
            protocol.write(b".\r\n")
            return await reading
        except BaseException:
            smtp.close()
            raise
        finally:
            reading.cancel()


def _no(answer: SMTPResponse) -> SMTPResponse:
    if answer.code < 400:
        raise SMTPServerDisconnected("it answered a mail that it does not have")
    return answer


async def _lines(mail: OutgoingMail) -> AsyncIterator[bytes]:
    """The mail as it goes over the wire: each line that begins with a dot has another one before it."""
    try:
        async for piece in mail.content():
            yield _DOT.sub(b"..", piece)
    except OSError as error:
        raise ChannelUnavailable("A file of the mail could not be read here: nothing was sent.") from error


def _most(smtp: SMTP) -> int | None:
    """The bytes that the server takes; None where it does not say."""
    given = smtp.esmtp_extensions.get("size", "").strip()
    return int(given[:15]) or None if given.isdecimal() else None


def _encoding(smtp: SMTP, mail: OutgoingMail) -> str:
    if not mail.international:
        return "ascii"
    if smtp.supports_extension("smtputf8") and smtp.supports_extension("8bitmime"):
        return "utf-8"
    odd = ", ".join(each for each in (mail.account, mail.recipient, *mail.copies) if not each.isascii())
    raise MessageRefused(
        f"Our mail server cannot write to an address with such letters ({odd}): ask for one in plain letters."
    )


def _note(refused: Sequence[str]) -> str | None:
    if not refused:
        return None
    named = ", ".join(refused[:_MOST_NOTED])
    more = f" and {len(refused) - _MOST_NOTED} more" if len(refused) > _MOST_NOTED else ""
    return f"No copy went to {named}{more}."
