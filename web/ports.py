"""What the HTTP door needs from the rest of the program. `app` hands in what implements it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from ticketing.answers.link import AnswerLink
from ticketing.answers.question import Question, Told
from ticketing.attachments.attachment import Attachment
from ticketing.attachments.store import Slice
from ticketing.resolution.numbers import RunNumbers
from web.mail_page import MailPage


class InboxUnavailable(Exception):
    """The event was not stored, as far as we know. The provider is asked to try again."""


class Inbox(Protocol):
    """Where an admitted event is made durable, before the provider hears that we have it."""

    async def accept(self, *, channel: str, key: str, url: str, body: bytes, now: datetime) -> bool:
        """Store the event and its job at once. True: new; False: this (channel, key) is stored already.

        Returns after the commit. Raises InboxUnavailable when the database cannot do it within seconds.
        """
        ...


class Health(Protocol):
    """Whether this process can do its work."""

    async def problem(self) -> str | None:
        """None when the database answers; otherwise why not, in words for an operator. Never raises."""
        ...


class RunLook(Protocol):
    """How the AI's runs are going."""

    async def __call__(self) -> RunNumbers | None:
        """None: the database does not say."""
        ...


class Lag(Protocol):
    """How far Slack's cards are behind."""

    async def __call__(self) -> timedelta | None:
        """None: the database does not say."""
        ...


class Remarks(Protocol):
    """What an operator should know although this process can do its work."""

    async def __call__(self) -> Mapping[str, str]:
        """By what it is about, e.g. {"slack": "There is no socket …"}; {}: nothing."""
        ...


class Files(Protocol):
    """What is known of files, and their bytes."""

    async def find(self, file_id: UUID) -> Attachment:
        """Raises NotFound, LookupUnavailable."""
        ...

    async def open(self, sha256: str, *, thumbnail: bool, start: int, end: int | None) -> Slice:
        """From byte `start` up to `end`, streaming. Raises FileGone, ChannelUnavailable."""
        ...


class Mails(Protocol):
    """Mails as they came."""

    async def page(self, message_id: UUID) -> MailPage:
        """What is shown of it. Raises NotFound, StoreAway, LookupUnavailable."""
        ...

    async def raw(self, message_id: UUID) -> bytes:
        """Its bytes. Raises NotFound, FileGone, StoreAway, LookupUnavailable."""
        ...


class LookupUnavailable(Exception):
    """The database does not say just now what a link leads to."""


class Standing(NamedTuple):
    """How a ticket stands, for whoever has a link to it: in labels, and without a word of the customer's."""

    number: int
    status: str
    priority: str
    type: str
    assignee: str | None


class Tickets(Protocol):
    """Where tickets are shown. Both know only links that we made. Both raise LookupUnavailable."""

    async def place(self, number: int, signature: str) -> str | None:
        """The address of its card in Slack; None: it has none, or we did not make a link with this signature."""
        ...

    async def standing(self, number: int, signature: str) -> Standing | None:
        """How it stands; None: there is none, or we did not make a link with this signature."""
        ...


class AnswersUnavailable(Exception):
    """Nothing was kept, as far as we know."""


class Answers(Protocol):
    """What links in our mails ask. Both raise LinkForged, LinkExpired, AnswersUnavailable."""

    async def question(self, link: AnswerLink) -> Question:
        """Changes nothing."""
        ...

    async def give_answer(self, link: AnswerLink, *, score: int | None, comment: str) -> Told:
        """Safe to repeat. `score`: where another one was chosen than the link's. Raises TextRefused."""
        ...
