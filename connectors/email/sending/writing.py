"""A message of ours as a mail: envelope, header, words and files. Pure; what could never be sent is refused here.

The Message-ID is made of the message's own id, so that it is the same in every attempt and servers that got the mail
already can tell.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from uuid import UUID

from connectors.email.config import Mailbox
from connectors.email.judging.ours import LOOP_HEADER
from connectors.email.judging.reply_address import name_of, reply_address
from connectors.email.quoting.marks import REPLY_ABOVE, bare_subject
from connectors.email.sending import fields
from connectors.email.sending.attaching import encoded, encoded_size, opening
from connectors.email.sending.page import page
from core.errors import MessageRefused, MessageTooLong, RecipientGone
from core.messages import MOST_COPIES, Button, Limits, Outbound, OutboundFile, OutboundLetter

MB = 2**20
_MOST_TEXT = 100_000  # letters: some forty pages
_MOST_FILES = 20 * MB  # of one mail together: encoded they are a third more, and few mailboxes take over 30 MB
_MOST_LINKS = 10
_PATIENCE = timedelta(days=4)  # mail servers try for as long before they give up
_PLAIN = SMTP.clone(cte_type="7bit")  # whatever server it passes, it comes through
_UNSEEN = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)))


def limits(*, receives: int) -> Limits:
    """What a mail takes. A customer's mail may have `receives` bytes."""
    return Limits(
        text=_MOST_TEXT,
        caption=lambda content_type: _MOST_TEXT,  # noqa: ARG005 - a mail carries words and files together
        file=lambda content_type: _MOST_FILES,  # noqa: ARG005 - whatever it is
        receives=receives,
        buttons=_MOST_LINKS,
        letters=True,
        patience=_PATIENCE,
    )


@dataclass(frozen=True, slots=True)
class Attached:
    """A file, and the header of its part."""

    opening: bytes
    file: OutboundFile


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail that is ready to be handed over. All of it is ASCII, but the addresses where they are `international`."""

    id: str  # Message-ID, without brackets
    account: str  # our address it is from
    sender: str  # of the envelope; "" where nothing is to come back
    recipient: str  # the customer
    copies: tuple[str, ...]
    refused: tuple[str, ...]  # copies that were to go to what is no address
    head: bytes  # header and words, up to the first file
    files: tuple[Attached, ...]
    tail: bytes
    international: bool  # an address needs SMTPUTF8

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        files = sum(len(each.opening) + encoded_size(each.file.size) + 100 for each in self.files)
        return len(self.head) + files + len(self.tail)

    async def content(self) -> AsyncIterator[bytes]:
        """Its lines from the first to the last. Raises what the files raise when they are read."""
        yield self.head
        for each in self.files:
            yield each.opening
            async for piece in encoded(each.file):
                yield piece
        yield self.tail


def written(message: Outbound, mailbox: Mailbox, *, secret: bytes, at: datetime) -> OutgoingMail:
    """Raises MessageTooLong, MessageRefused and RecipientGone."""
    text = _readable(message.text)
    letter = message.letter or OutboundLetter(message.message_id, "")
    files = (*((message.file,) if message.file else ()), *letter.files)
    _check(message, text, files)
    recipient = fields.address(message.recipient)
    if recipient is None:
        raise RecipientGone(
            f"{fields.on_one_line(message.recipient)[:80]!r} is no e-mail address: ask the customer for the right one."
        )
    copies, refused = _copies(letter, recipient)
    own = fields.address(mailbox.address) or mailbox.address
    mail_id = message_id(message.message_id, own)
    header = _header(letter, mailbox, own, recipient, copies, mail_id, secret=secret, at=at)
    boundary = f"=_{sha256(mail_id.encode()).hexdigest()[:32]}"
    head, tail = _framed(
        header,
        _body(text, message.buttons, mailbox.signature, boundary, answers=letter.conversation is not None),
        boundary,
        several=bool(files),
    )
    return OutgoingMail(
        id=mail_id,
        account=own,
        sender="" if letter.automatic else own,
        recipient=recipient,
        copies=tuple(copies),
        refused=refused,
        head=head,
        files=tuple(Attached(_part_of(boundary) + opening(file), file) for file in files),
        tail=tail,
        international=not all(each.isascii() for each in (own, recipient, *copies)),
    )


def message_id(message: UUID, account: str) -> str:
    """Of a message of ours, without brackets."""
    return f"threadline.{message.hex}@{account.rpartition('@')[2]}"


def _check(message: Outbound, text: str, files: tuple[OutboundFile, ...]) -> None:
    if message.template is not None:
        raise MessageRefused("E-mail has no templates: write the message as text.")
    if len(message.buttons) > _MOST_LINKS or not all(button.url for button in message.buttons):
        raise MessageRefused("A mail has no buttons, only links: write what the customer can answer.")
    if not text.strip() and not files:
        raise MessageRefused("The message is empty: write something first.")
    if len(text) > _MOST_TEXT:
        raise MessageTooLong(
            f"The message has {len(text):,} characters and a mail takes {_MOST_TEXT:,}: send it in parts, or as a file."
        )
    total = sum(file.size for file in files)
    if total > _MOST_FILES:
        raise MessageRefused(
            f"The files have {total / MB:.1f} MB together and a mail takes {_MOST_FILES // MB} MB: "
            "send them in several mails, or a link to them."
        )


def _copies(letter: OutboundLetter, recipient: str) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """Who gets a copy, with their names; and whose address is none."""
    found: dict[str, str | None] = {}
    refused = []
    for each in letter.cc:
        if (plain := fields.address(each.address)) is None:
            refused.append(fields.on_one_line(each.address)[:80])
        elif plain != recipient:
            found[plain] = each.name
    if len(found) > MOST_COPIES:
        raise MessageRefused(f"The mail has {len(found)} copies and may have {MOST_COPIES}: leave some of them out.")
    return found, tuple(refused)


def _header(
    letter: OutboundLetter,
    mailbox: Mailbox,
    own: str,
    recipient: str,
    copies: dict[str, str | None],
    mail_id: str,
    *,
    secret: bytes,
    at: datetime,
) -> bytes:
    subject = bare_subject(letter.subject)
    thread = (*letter.references, *(message_id(each, own) for each in letter.ours))
    machine = "auto-replied" if letter.answers else "auto-generated"
    return fields.block(
        [
            ("From", fields.person(own, mailbox.name)),
            ("To", recipient),
            ("Cc", ",\r\n ".join(fields.person(each, name) for each, name in copies.items())),
            ("Reply-To", _reply_to(own, mailbox.name, letter.conversation, secret)),
            ("Subject", fields.words("Subject", f"Re: {subject}" if letter.answers else subject)),
            ("Date", format_datetime(at)),
            ("Message-ID", f"<{mail_id}>"),
            ("In-Reply-To", fields.ids(letter.references[-1:] or thread[-1:])),
            ("References", fields.ids(thread)),
            ("Auto-Submitted", machine if letter.automatic else ""),
            ("X-Auto-Response-Suppress", "All" if letter.automatic else ""),
            (LOOP_HEADER.title(), own),
            ("MIME-Version", "1.0"),
        ]
    )


def _reply_to(own: str, name: str, conversation: UUID | None, secret: bytes) -> str:
    if conversation is None:
        return ""
    try:
        return fields.person(reply_address(own, name_of(conversation), secret=secret), name)
    except ValueError:  # the desk's own name leaves no room for it: answers find home by their references
        return ""


def _body(text: str, buttons: tuple[Button, ...], signature: str, boundary: str, *, answers: bool) -> bytes:
    body = EmailMessage(policy=_PLAIN)
    links = "".join(f"\n\n{fields.on_one_line(each.label)}: {each.url}" for each in buttons)
    ending = f"\n\n-- \n{signature}" if signature else ""
    above = f"{REPLY_ABOVE}\n\n" if answers else ""
    body.set_content(f"{above}{text}{links}{ending}\n")
    body.add_alternative(page(text, buttons=buttons, signature=signature, answers=answers), subtype="html")
    body.set_boundary(f"{boundary}.words")
    del body["MIME-Version"]
    return body.as_bytes()


def _framed(header: bytes, body: bytes, boundary: str, *, several: bool) -> tuple[bytes, bytes]:
    """What stands before the first file, and after the last one."""
    if not several:
        return header + body, b""
    frame = f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n--{boundary}\r\n'.encode()
    return header + frame + body, f"\r\n--{boundary}--\r\n".encode()


def _part_of(boundary: str) -> bytes:
    return f"\r\n--{boundary}\r\n".encode()


def _readable(text: str) -> str:
    """As it was typed, but for what nobody can see or no mail carries."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\r\n", "\n").replace("\r", "\n").translate(_UNSEEN).strip("\n")
