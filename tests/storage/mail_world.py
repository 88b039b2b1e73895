"""A desk with a mailbox in a world of mail: raw mails come in, answers go out by SMTP to the server of that world."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from email.message import EmailMessage
from email.utils import make_msgid

from connectors.email.config import EmailConfig, Mailbox, SmtpServer
from connectors.email.connector import EmailConnector
from emulators.mail import MailServer
from tests.storage.desk import DeskAtWork, OneIssue
from tests.storage.test_acknowledging import EVENING, understood
from ticketing.conversations.deliver import deliver
from ticketing.conversations.file_event import file_event

AUTHSERV = "mx.emulator"
SECRET = b"the secret of reply addresses"


class MailDesk:
    """It is evening there: whoever writes is told when people are back. Close it at the end."""

    def __init__(self, desk: DeskAtWork, address: str, server: MailServer, *, secret: bytes = SECRET) -> None:
        smtp = SmtpServer(server.host, port=server.port, tls="none")
        config = EmailConfig((Mailbox(address, smtp=smtp),), reply_secret=secret, authserv_id=AUTHSERV)
        self.connector = EmailConnector(config)
        self.address = address
        self.desk = desk
        self._busy = asyncio.Lock()
        desk.now = EVENING
        desk.desk = replace(desk.desk, limits={**desk.desk.limits, "email": self.connector.limits})
        server.bring(address, self.take)

    async def take(self, _sender: str, _recipient: str, raw: bytes) -> None:
        """As the server brings it: it is filed and understood, and what follows from it goes out."""
        async with self._busy:
            await self.file(raw)
            rows = await self.desk.rows("SELECT DISTINCT conversation_id FROM message WHERE NOT triaged")
            for row in rows:
                await understood(self.desk, row.conversation_id, OneIssue())
            await self.send()

    async def file(self, raw: bytes) -> str:
        """Its outcome in the inbox."""
        inbox_id = await self.desk.store(raw)
        url = f"imap://{self.address}/INBOX"
        await self.desk.rows_changed(
            "UPDATE inbox SET channel = 'email', url = :url WHERE id = :id", url=url, id=inbox_id
        )
        await file_event(inbox_id, parse={"email": self.connector.parse}, uow=self.desk.start(), now=self.desk.now)
        (row,) = await self.desk.rows("SELECT outcome FROM inbox WHERE id = :id", id=inbox_id)
        return str(row.outcome)

    async def send(self) -> None:
        """All that waits to leave."""
        for row in await self.desk.rows("SELECT id FROM message WHERE delivery = 'pending' ORDER BY at, id"):
            await deliver(
                row.id,
                job=str(row.id),
                channels={"email": self.connector},
                outside=self.desk.outside,
                start=self.desk.start,
                clock=self.desk.clock,
            )

    async def close(self) -> None:
        await self.connector.close()


async def opened(stack: AsyncExitStack, desk: DeskAtWork, address: str, server: MailServer) -> MailDesk:
    """Closed with the stack."""
    made = MailDesk(desk, address, server)
    stack.push_async_callback(made.close)
    return made


def raw_mail(
    text: str = "It broke.", *, sender: str = "Max <max@home.example>", to: str = "support@a.example", **headers: str
) -> bytes:
    """`headers`, with _ for -, beside or instead of those that every mail has."""
    message = EmailMessage()
    said = {"From": sender, "To": to, "Subject": "Mug", "Message-ID": make_msgid(domain="home.example")}
    for name, value in (said | {key.replace("_", "-"): value for key, value in headers.items()}).items():
        message[name] = value
    message.set_content(text)
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
