"""One mail as the server took it, and the lines that a server writes above it when it delivers it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime, parseaddr
from functools import partial


@dataclass(frozen=True, slots=True)
class TakenMail:
    """`sender` is that of the envelope, "" for none; `content` its lines, dots as they were written."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)
    helo: str = ""
    user: str | None = None  # who was logged in
    encrypted: bool = False
    at: datetime = field(default_factory=partial(datetime.now, UTC))

    @property
    def message(self) -> EmailMessage:
        """Read by the standard library."""
        read = message_from_bytes(self.content, policy=default)
        assert isinstance(read, EmailMessage)
        return read

    @property
    def domain(self) -> str:
        """That of its From, in lower case."""
        return parseaddr(str(self.message.get("From", "")))[1].rpartition("@")[2].lower()

    def text(self) -> str:
        """Its plain form."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body is not None else ""


def delivered(mail: TakenMail, recipient: str, *, authserv_id: str | None = None, vouched: Sequence[str] = ()) -> bytes:
    """The mail as it lies in the mailbox of one recipient.

    With an `authserv_id` the server says whether the domain of its sender stands behind it, which is so for `vouched`
    ones, and takes away what anybody else said in its name.
    """
    trace = [
        f"Return-Path: <{mail.sender}>",
        f"Delivered-To: {recipient}",
        f"Received: from {mail.helo or 'unknown'} by mx.emulator with ESMTP; {format_datetime(mail.at)}",
    ]
    content = mail.content
    if authserv_id is not None:
        said = "pass" if mail.domain in vouched else "none"
        trace.insert(2, f"Authentication-Results: {authserv_id}; dmarc={said} header.from={mail.domain or 'unknown'}")
        head, gap, body = content.partition(b"\r\n\r\n")
        forged = (
            rb"(?im)^authentication-results:\s*" + re.escape(authserv_id.encode()) + rb"[^\r]*(\r\n[ \t][^\r]*)*\r\n"
        )
        content = re.sub(forged, b"", head + b"\r\n")[:-2] + gap + body
    return "".join(f"{line}\r\n" for line in trace).encode("utf-8", "replace") + content
