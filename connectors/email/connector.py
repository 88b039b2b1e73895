"""E-mail joined together: what comes in is fetched (`mailbox`) and read (`incoming`), what we send goes through
`sending`, from the mailbox that the message names.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from connectors.contract import Check, Feed, OpenDoor
from connectors.email.config import EmailConfig, Mailbox, SmtpServer
from connectors.email.incoming import CHANNEL, enclosed, parse
from connectors.email.judging.ours import Ours
from connectors.email.listen_check import closed_because
from connectors.email.mailbox import mailbox_feeds
from connectors.email.sending.writing import limits, written
from connectors.email.setup import check
from core.errors import AccountRefused, BadSignature, ChannelUnavailable
from core.messages import Limits, Outbound, RawRequest, Receipt, Received

if TYPE_CHECKING:
    from connectors.email.listening import Accept
    from connectors.email.sending.client import MailClient


class EmailConnector:
    """Sender, Announces, Enclosing, Feeds and Listens of all mailboxes. A message's account is the address that it
    is from.
    """

    channel: str = CHANNEL
    limits: Limits
    acknowledgement: tuple[str, bytes] = ("text/plain", b"")

    def __init__(self, config: EmailConfig) -> None:
        self._config = config
        sends = tuple(mailbox.address.lower() for mailbox in config.mailboxes if mailbox.smtp)
        self.limits = replace(limits(receives=config.largest), accounts=sends)
        self._mailboxes = {mailbox.address.lower(): mailbox for mailbox in config.mailboxes}
        self._ours = Ours(frozenset(self._mailboxes) | config.aliases, config.lists, config.authserv_id)
        self._feeds = mailbox_feeds(config)
        self.proves_writers = config.authserv_id is not None
        self.listens = config.listener is not None
        self._clients: dict[SmtpServer, MailClient] = {}  # mailboxes of one server share its connections
        self._closed = False

    @property
    def account(self) -> str:
        """Our first address."""
        return self._config.mailboxes[0].address.lower()

    @property
    def announces_from(self) -> str | None:
        """The first address from which we can send."""
        return next((each.address.lower() for each in self._config.mailboxes if each.smtp is not None), None)

    def admit(self, request: RawRequest) -> str:  # noqa: ARG002 - the Webhook protocol
        """Nobody posts mails to us. Raises BadSignature."""
        raise BadSignature("Mails are fetched or handed over by SMTP, never posted.")

    def parse(self, request: RawRequest) -> tuple[Received, ...]:
        secrets = (self._config.reply_secret,)
        return parse(request.url, request.body, self._ours, secrets=secrets, by_hand=request.by_hand)

    def feeds(self) -> Sequence[Feed]:
        return self._feeds

    async def check(self) -> Sequence[Check]:
        return await check(self._config)

    async def set_up(self) -> Sequence[Check]:
        """There is nothing that a program could set up: as `check`."""
        return await check(self._config)

    async def listen(self, accept: "Accept") -> OpenDoor:
        assert self._config.listener is not None, "who asks has looked"
        from connectors.email.listening import listen  # loads the SMTP server, which most processes do without

        try:
            return await listen(self._config.listener, self._ours, tuple(self._mailboxes), accept)
        except (OSError, UnicodeError) as error:
            raise ChannelUnavailable(closed_because(self._config.listener, error)) from error

    def enclosed(self, event: bytes, place: str) -> tuple[str | None, bytes] | None:
        return enclosed(event, place)

    async def send(self, message: Outbound) -> Receipt:
        """As `Sender.send`; also raises MessageRefused for an empty text, a template, buttons, and files over 20 MB."""
        mailbox = self._mailboxes.get(message.account.lower())
        if mailbox is None or mailbox.smtp is None:
            raise AccountRefused(
                f"Nothing can be sent from {message.account[:80]}: an admin must name an SMTP server for it. "
                "Then send it again."
            )
        mail = written(message, mailbox, secret=self._config.reply_secret, at=datetime.now(UTC))
        return await self._client(mailbox).send(mail)

    async def prepare(self) -> None:
        if not self._closed:
            await asyncio.gather(*(self._prepare(mailbox) for mailbox in self._mailboxes.values() if mailbox.smtp))

    async def close(self) -> None:
        self._closed = True
        for feed in self._feeds:
            feed.close()
        await asyncio.gather(*(client.close() for client in self._clients.values()))

    async def _prepare(self, mailbox: Mailbox) -> None:
        await self._client(mailbox).prepare()

    def _client(self, mailbox: Mailbox) -> "MailClient":
        from connectors.email.sending.client import (
            MailClient,  # loads the SMTP library, which most processes do without
        )

        if self._closed:
            raise RuntimeError("the e-mail connector is closed")
        server = mailbox.smtp
        assert server is not None, "who asks has looked"
        if server not in self._clients:
            self._clients[server] = MailClient(server, helo=mailbox.address.lower().rpartition("@")[2])
        return self._clients[server]
