"""Somebody with a mailbox: writes, reads what comes, answers it with what their program quotes, is away or gone."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP, default
from email.utils import getaddresses, parseaddr
from typing import TYPE_CHECKING

from emulators.mail.mails import TakenMail
from emulators.mail.writing import Answered, Enclosed, Mailer, automatic_reply, mail
from emulators.waiting import until

if TYPE_CHECKING:
    from emulators.mail.server import MailServer

_MOST_REFERENCES = 20


@dataclass(slots=True)
class KeptMail:
    """A mail in somebody's mailbox, sent or received. `number` is its place there; `thread` that of its first mail."""

    number: int
    thread: int
    mine: bool
    message: EmailMessage = field(repr=False)
    raw: bytes = field(repr=False)
    at: datetime
    read: bool = False
    failure: str | None = None  # of mine: why it did not arrive
    arrived: bool = False  # of mine: the server that it was for has taken it
    written: str = ""  # of mine: its words, without what they answer

    @property
    def id(self) -> str:
        return str(self.message.get("Message-ID", "")).strip()

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def references(self) -> tuple[str, ...]:
        """The ids that it names, oldest first."""
        named = f"{self.message.get('References', '')} {self.message.get('In-Reply-To', '')}".split()
        return tuple(dict.fromkeys(named))

    @property
    def text(self) -> str:
        """The plain form."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """Empty where it has none."""
        return self._body("html")

    @property
    def files(self) -> list[Enclosed]:
        return [
            Enclosed(part.get_filename() or "file", part.get_content_type(), _bytes(part))
            for part in self.message.iter_attachments()
            if not part.is_multipart()
        ]

    @property
    def automatic(self) -> bool:
        return str(self.message.get("Auto-Submitted", "no")).lower() != "no"

    def _body(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""


class MailCustomer:
    """`away` is what their mailbox answers by itself, once to each sender; "" while they are there."""

    def __init__(self, server: "MailServer", address: str, name: str, mailer: Mailer) -> None:
        self._server = server
        self.address, self.name, self.mailer = address, name, mailer
        self.away = ""
        self.mails: list[KeptMail] = []  # as they were sent and came
        self._told: set[str] = set()  # who has had the automatic reply
        self._numbers = itertools.count(1)

    @property
    def inbox(self) -> list[KeptMail]:
        """What came, oldest first."""
        return [each for each in self.mails if not each.mine]

    @property
    def gone(self) -> bool:
        """Their mailbox takes no mail: what is sent there comes back."""
        return self._server.bounces(self.address)

    def go_away(self, text: str) -> None:
        """From now on the mailbox answers this by itself, once to each; "" ends that."""
        self.away = text
        self._told.clear()

    def leave(self) -> None:
        """Give the mailbox up."""
        self._server.bounce(self.address)

    def come_back(self) -> None:
        self._server.bounce_no_more(self.address)

    async def write(self, to: str, subject: str, text: str, *, files: Sequence[Enclosed] = ()) -> KeptMail:
        """A new mail. Returns when it has arrived, or could not; `arrived` and `failure` say which."""
        return await self._send(to, subject, text, files, None, self.mailer)

    async def reply(
        self,
        to: KeptMail,
        text: str,
        *,
        files: Sequence[Enclosed] = (),
        mailer: Mailer | None = None,
    ) -> KeptMail:
        """To where that mail wants answers, with it quoted below."""
        where = to.message.get("Reply-To") or to.message.get("From") if not to.mine else to.message.get("To")
        subject = to.subject if to.subject.lower().startswith("re:") else f"Re: {to.subject}"
        return await self._send(str(where), subject, text, files, _answered(to), mailer or self.mailer)

    async def comes(self, number: int = 1) -> KeptMail:
        """Wait until so many mails have come; the last of those. Raises NeverCame."""
        await until(lambda: len(self.inbox) >= number, f"mail {number} for {self.name}")
        return self.inbox[number - 1]

    async def receive(self, sender: str, _recipient: str, content: bytes) -> None:
        """As the server brings it."""
        kept = self._keep(content, mine=False)
        self.mails.append(kept)
        if self.away and sender and not kept.automatic and sender.lower() not in self._told:
            self._told.add(sender.lower())
            reply = automatic_reply(
                name=self.name,
                address=self.address,
                to=sender,
                text=self.away,
                at=self._server.clock(),
                answers=_answered(kept),
            )
            self._server.take(TakenMail("", (sender,), reply.as_bytes(), at=self._server.clock()))

    async def _send(
        self,
        to: str,
        subject: str,
        text: str,
        files: Sequence[Enclosed],
        answers: Answered | None,
        mailer: Mailer,
    ) -> KeptMail:
        at = self._server.clock()
        message = mail(
            name=self.name,
            address=self.address,
            to=to,
            subject=subject,
            text=text,
            at=at,
            files=files,
            answers=answers,
            mailer=mailer,
        )
        kept = self._keep(message.as_bytes(policy=SMTP), mine=True)
        kept.written = text
        self.mails.append(kept)
        recipients = tuple(address for _, address in getaddresses([to]) if address)
        failures = await self._server.carried(TakenMail(self.address, recipients, kept.raw, at=at))
        kept.failure = "; ".join(failures) or None
        kept.arrived = not failures
        return kept

    def _keep(self, content: bytes, *, mine: bool) -> KeptMail:
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        number = next(self._numbers)
        kept = KeptMail(number, number, mine, message, content, self._server.clock(), read=mine)
        known = {each.id: each.thread for each in self.mails}
        kept.thread = next((known[each] for each in reversed(kept.references) if each in known), number)
        return kept


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _answered(kept: KeptMail) -> Answered:
    message = kept.message
    name, address = parseaddr(str(message.get("From", "")))
    sender = f"{name} <{address}>" if name else f"<{address}>"
    references = kept.references[-_MOST_REFERENCES:]
    return Answered(kept.id, references, sender, str(message.get("To", "")), kept.subject, kept.at, kept.text)
