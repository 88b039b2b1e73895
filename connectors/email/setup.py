"""Whether mail can be read and sent: each mailbox is opened, each server logged in to. Changes nothing."""

import asyncio
import threading
from collections.abc import Sequence
from uuid import UUID

from connectors.contract import Check
from connectors.email.config import EmailConfig, ImapServer, Mailbox, SmtpServer
from connectors.email.judging.reply_address import name_of, reply_address
from connectors.email.listen_check import check_listener
from core.errors import ChannelError

_ANY = UUID(int=0)
_PATIENCE = 20.0  # seconds for a mailbox to open


async def check(config: EmailConfig) -> Sequence[Check]:
    """As `Setup.check`."""
    found: list[Check] = []
    for mailbox in config.mailboxes:
        found += await _reading(mailbox, config)
        found.append(await _sending(mailbox))
        found += _signing(mailbox, config)
    if config.listener is not None:
        found.append(await check_listener(config.listener))
    return [*found, _proving(config)]


async def _reading(mailbox: Mailbox, config: EmailConfig) -> list[Check]:
    if mailbox.imap is None:
        if config.listener is None:
            words = f"{mailbox.address}: no mail comes in."
            return [Check(words, ok=False, todo="Set EMAIL_IMAP_URL or EMAIL_LISTEN.")]
        words = f"{mailbox.address}: nothing is fetched. Its mail has to be forwarded to EMAIL_LISTEN."
        return [Check(words, ok=True)]
    opening = asyncio.to_thread(_opened, mailbox.imap, mailbox.address)
    try:
        return await asyncio.wait_for(opening, _PATIENCE)
    except ChannelError as error:
        return [Check(f"{mailbox.address}: {error.message}", ok=False, todo="Check EMAIL_IMAP_URL.")]
    except TimeoutError:
        words = f"{mailbox.address}: {mailbox.imap.host} does not answer."
        return [Check(words, ok=False, todo="Check host and port of EMAIL_IMAP_URL, and the firewall.")]


def _opened(server: ImapServer, address: str) -> list[Check]:
    """In a thread. Raises ChannelError: nobody is let in."""
    from connectors.email.mailbox.session import Session

    session = Session(server, address, threading.Event())
    try:
        opened = [(folder, session.examine(folder).mails) for folder in server.folders]
        return [_folder(folder, mails, address, idles=session.idles) for folder, mails in opened]
    finally:
        session.close()


def _folder(folder: str, mails: int, address: str, *, idles: bool) -> Check:
    told = "tells of new mail at once" if idles else "is looked at every minute"
    return Check(f"{address}: {folder} opens, with {mails:,} mails in it; the server {told}.", ok=True)


async def _sending(mailbox: Mailbox) -> Check:
    if mailbox.smtp is None:
        return Check(f"{mailbox.address}: nothing can be sent.", ok=False, todo="Set EMAIL_SMTP_URL.")
    try:
        await _logged_in(mailbox.smtp, helo=mailbox.address.rpartition("@")[2])
    except ChannelError as error:
        return Check(f"{mailbox.address}: {error.message}", ok=False, todo="Check EMAIL_SMTP_URL.")
    return Check(f"{mailbox.address}: {mailbox.smtp.host} takes our mail.", ok=True)


async def _logged_in(server: SmtpServer, *, helo: str) -> None:
    from connectors.email.sending.connections import Connections

    connections = Connections(server, helo=helo)
    try:
        async with connections.one():
            pass
    finally:
        await connections.close()


def _signing(mailbox: Mailbox, config: EmailConfig) -> list[Check]:
    try:
        reply_address(mailbox.address, name_of(_ANY), secret=config.reply_secret)
    except ValueError as error:
        words = f"{error}. Answers are recognised by what they answer, which some mailers leave out."
        return [Check(words, ok=False, todo="Use a shorter address before the @.")]
    return []


def _proving(config: EmailConfig) -> Check:
    if config.authserv_id:
        return Check(f"Senders are proven by what {config.authserv_id} says of them.", ok=True)
    return Check(
        "No mail server is named whose checks count, so no sender is proven: a number in a subject finds no ticket.",
        ok=False,
        todo="Set EMAIL_AUTHSERV_ID to the name in your server's Authentication-Results (docs/email.md).",
    )
