"""Messages of ours for tests, and mailboxes that they are sent from."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from connectors.email.config import EmailConfig, Mailbox, SmtpServer
from connectors.email.connector import EmailConnector
from core.messages import Outbound, OutboundFile, OutboundLetter
from emulators.mail import MailServer

OURS, CUSTOMER = "support@shop.example", "dana@customer.example"
SECRET = b"k" * 32
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CONVERSATION = UUID("0f3a9c00-0000-4000-8000-00000000002a")


def a_letter(**changes: Any) -> OutboundLetter:
    return OutboundLetter(**{"conversation": CONVERSATION, "subject": "Broken mug", **changes})


def a_message(text: str = "It is on its way.", to: str = CUSTOMER, **changes: Any) -> Outbound:
    """Another one each time."""
    account = changes.pop("account", OURS)
    return Outbound(uuid4(), account, to, text, **{"letter": a_letter(), **changes})


def a_file(
    content: bytes = b"%PDF-1.7", name: str = "invoice.pdf", kind: str = "application/pdf", **changes: Any
) -> OutboundFile:
    async def read() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 50_000):
            yield content[start : start + 50_000]

    said: dict[str, Any] = {"size": len(content), "url": "https://desk.example/f/1", "open": read, **changes}
    return OutboundFile(name, kind, **said)


def a_mailbox(server: MailServer | None = None, **changes: Any) -> Mailbox:
    smtp = None
    if server is not None:
        known: dict[str, Any] = {"host": server.host, "port": server.port, "tls": "none", "timeout": 5.0, **changes}
        smtp = SmtpServer(**known)
    return Mailbox(OURS, "Shop Support", smtp=smtp)


def a_connector(server: MailServer, **changes: Any) -> EmailConnector:
    return EmailConnector(EmailConfig((a_mailbox(server, **changes),), SECRET))
