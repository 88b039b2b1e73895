"""The mailboxes of the desk as its settings write them: addresses in a row, and their servers in the same order."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from connectors.email.config import EmailConfig, ImapServer, Listener, Mailbox, SmtpServer
from connectors.email.reading.addresses import addresses
from connectors.email.server_urls import imap_server, smtp_server

_NONE = "-"

_Server = TypeVar("_Server", ImapServer, SmtpServer)


def email_config(
    written: str,
    *,
    imap: str | None,
    smtp: str | None,
    secret: str | None,
    aliases: str = "",
    signature: str = "",
    authserv_id: str | None = None,
    lists: str = "",
    largest: int,
    listener: Listener | None = None,
) -> EmailConfig:
    """`imap` and `smtp`: one for each address, with blanks between them, or "-"; of `smtp` also one for all.

    Raises ValueError, which names the setting, never with a password in it.
    """
    people = [each for each in addresses(written) if each.address]
    if not people:
        raise ValueError(f"EMAIL_ADDRESS names no address: {written[:100]!r}. Write Shop <support@shop.example>.")
    if not secret:
        raise ValueError("E-mail needs SECRET_KEY, 16 characters or more: it signs the addresses that answers come to.")
    readers = _servers("EMAIL_IMAP_URL", imap, len(people), imap_server, shared=False)
    senders = _servers("EMAIL_SMTP_URL", smtp, len(people), smtp_server, shared=True)
    try:
        mailboxes = tuple(
            Mailbox(person.address or "", person.name or "", imap=reader, smtp=sender, signature=signature)
            for person, reader, sender in zip(people, readers, senders, strict=True)
        )
    except ValueError as error:
        raise ValueError(f"EMAIL_ADDRESS: {error}") from None
    return EmailConfig(
        mailboxes=mailboxes,
        reply_secret=secret.encode(),
        aliases=frozenset((each.address or "").lower() for each in addresses(aliases) if each.address),
        authserv_id=authserv_id,
        lists=frozenset(lists.replace(",", " ").split()),
        largest=largest,
        listener=listener,
    )


def mail_listener(
    listen: str, *, name: str, relays: str = "", certificate: str | None = None, largest: int
) -> Listener | None:
    """`listen` is host:port, an address of this machine; "" for none. Raises ValueError."""
    if not listen:
        return None
    host, colon, port = listen.rpartition(":")
    if not (colon and port.isascii() and port.isdecimal()):
        raise ValueError(f"EMAIL_LISTEN is an address and a port, such as 127.0.0.1:2525, and not {listen[:100]!r}.")
    networks = tuple(relays.replace(",", " ").split())
    try:
        return Listener(
            host.strip("[]"), name, port=int(port), certificate=certificate, relays=networks, largest=largest
        )
    except ValueError as error:
        raise ValueError(f"EMAIL_LISTEN and EMAIL_RELAYS: {error}") from None


def _servers(
    name: str, written: str | None, count: int, read: Callable[[str], _Server], *, shared: bool
) -> Sequence[_Server | None]:
    urls = _each(name, written, count, shared=shared)
    several = len((written or "").split())
    found: list[_Server | None] = []
    for number, url in enumerate(urls, 1):
        try:
            found.append(read(url) if url else None)
        except ValueError as error:
            place = f" ({number} of {several})" if several > 1 else ""
            raise ValueError(f"{name}{place}: {error}") from None
    return found


def _each(name: str, written: str | None, count: int, *, shared: bool) -> list[str | None]:
    urls: list[str | None] = [None if each == _NONE else each for each in (written or "").split()]
    if not urls or (shared and len(urls) == 1):
        return [urls[0] if urls else None] * count
    if len(urls) != count:
        raise ValueError(f"{name} has {len(urls)} servers for {count} addresses: write one for each, or - for none.")
    return urls
