"""What a mail says, as values. Everything in it was chosen by whoever wrote it, and nothing of it is believed here."""

from dataclasses import dataclass, field
from datetime import datetime

from connectors.email.quoting.pieces import Split
from connectors.email.reading.headers import Headers


@dataclass(frozen=True, slots=True)
class Address:
    """One of From, To, Cc or Reply-To. `address` is None where there is only a name."""

    name: str | None
    address: str | None  # "Max.Muster@shop.example": the domain in lower case and in its ASCII form


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the mail. Its name and type are claims; the desk looks at the bytes before it shows anything."""

    name: str | None
    content_type: str  # as claimed, lower case, without parameters
    content: bytes = field(repr=False)
    inline: bool = False  # meant to be shown within the text
    content_id: str | None = None  # without its angle brackets; HTML names it as cid:…

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A calendar part. `method` is REQUEST, REPLY, CANCEL, …; "" where it has none."""

    method: str
    summary: str | None
    starts: str | None  # as written: "20261124T090000Z"


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient of which a delivery report tells."""

    recipient: str | None
    action: str  # failed, delayed, delivered, relayed, expanded; "" where it does not say
    status: str  # "5.1.1"; "" where it does not say
    diagnostic: str  # the other server's words, on one line

    @property
    def for_good(self) -> bool:
        """Nobody tries any more. A server that gives up after days says "failed" with what it waited for: 4.4.1."""
        return self.action == "failed" or (self.action == "" and not self.status.startswith("4"))


@dataclass(frozen=True, slots=True)
class Report:
    """A multipart/report: what became of a mail of ours."""

    kind: str  # "delivery-status", "disposition-notification", "feedback-report", …
    recipients: tuple[Failure, ...]
    message_id: str | None  # of the mail it tells of


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it was read. `defects` says in words what was wrong with it and what was done about it."""

    headers: Headers
    message_id: str | None  # without angle brackets, like all ids here
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]  # oldest first
    sender: tuple[Address, ...]  # From: usually one
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    date: datetime | None  # aware
    subject: str  # on one line; "" for none
    text: str  # the whole body as text
    split: Split  # the same text, apart
    html: str | None  # sanitised; loads nothing from anywhere
    blocked_images: int  # that it would have loaded from elsewhere
    attachments: tuple[Attachment, ...]
    invitation: Invitation | None
    report: Report | None
    protection: str | None  # "signed" or "encrypted", where it says so
    defects: tuple[str, ...]
    opening: bytes = field(repr=False)  # its first bytes, for those who look for the marks of a bounce

    @property
    def reply_text(self) -> str:
        """What the person wrote this time."""
        return self.split.written
