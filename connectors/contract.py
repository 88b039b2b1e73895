"""What every connector must do. Abilities are small protocols; a channel implements those it has.

`tests/connectors/test_contract.py` runs over every implementation, the fake included.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from core.messages import Limits, Outbound, Pressed, RawRequest, Receipt, Received


class Sender(Protocol):
    """Sends one message to one customer."""

    channel: str
    limits: Limits

    async def send(self, message: Outbound) -> Receipt:
        """Hand the message to the provider.

        Raises MessageTooLong before any network, and otherwise only leaves of ChannelError: the leaf says
        whether the provider can have got it (OutcomeUnknown) or provably has not.
        """
        ...

    async def prepare(self) -> None:
        """Do now what the first send would otherwise wait for. Opens no connection; need not be called."""
        ...

    async def close(self) -> None:
        """Release the connections. Sending afterwards is an error."""
        ...


class Webhook(Protocol):
    """Receives what the provider posts to us."""

    channel: str
    acknowledgement: tuple[str, bytes]  # media type and body of the 200 that tells the provider we have it

    def admit(self, request: RawRequest) -> str:
        """Check the signature and return the key under which this event is stored once.

        Runs on the web process's hot path: no I/O, no more parsing than it takes. A signed request that makes no
        sense still gets a key (it is kept and shown). Raises BadSignature.
        """
        ...

    def parse(self, request: RawRequest) -> tuple[Received, ...]:
        """What the event says; empty when it says nothing we act on. Raises Unreadable. Never anything else."""
        ...


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that is being fetched. What the provider says of it is not believed."""

    content_type: str | None
    size: int | None  # bytes
    chunks: AsyncIterator[bytes]


@runtime_checkable
class FileSource(Protocol):
    """Fetches the files of customers' messages."""

    def fetch(self, source: str, *, most: int) -> AbstractAsyncContextManager[OpenFile]:
        """Open the file of `RemoteFile.source`, streaming: never the whole of it in memory.

        Opening and reading raise only leaves of ChannelError: FileTooLarge over `most` bytes (also while reading),
        FileGone, AccountRefused, ChannelUnavailable (try again). Credentials go to the provider's own hosts only.
        """
        ...


@runtime_checkable
class Enclosing(Protocol):
    """Its customers' files came within their events, which are therefore kept: nothing is fetched from a provider."""

    def enclosed(self, event: bytes, place: str) -> tuple[str | None, bytes] | None:
        """The claimed type and the bytes of the file of `RemoteFile.source` "<key of the event>#<place>"; None: there
        is no such file in it. Pure, and may take a while: call it in a thread.
        """
        ...


@dataclass(frozen=True, slots=True)
class FetchedEvent:
    """An event that we fetched, in the form in which a webhook would have brought it."""

    key: str  # the same as `Webhook.admit` gives for it, so that neither way makes a second one
    url: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """`cursor` goes into the next `fetch_events` once all `events` are stored, which confirms them to the provider."""

    events: Sequence[FetchedEvent]
    cursor: str | None


@runtime_checkable
class Feed(Protocol):
    """Fetches events that are not posted to us, or were not although they should have been."""

    channel: str
    pause: float  # seconds between two looks; 0 where a look itself waits for news

    @property
    def account(self) -> str:
        """Whose events they are: another account of the channel has a cursor of its own."""
        ...

    async def fetch_events(self, cursor: str | None) -> Fetched:
        """The events after `cursor`, oldest first; None: from as far back as the provider has them.

        Raises leaves of ChannelError.
        """
        ...


@runtime_checkable
class Feeds(Protocol):
    """Has several feeds, such as one for each mailbox and folder. They end with the connector's `close`."""

    def feeds(self) -> Sequence[Feed]:
        """The same ones at every call; no two share an account. Opens no connection."""
        ...


class OpenDoor(Protocol):
    """A port of ours at which others bring events."""

    async def close(self) -> None:
        """Take no more. What is being stored is answered. Safe to repeat."""
        ...


@runtime_checkable
class Listens(Protocol):
    """Others bring events to a port of its own, by a protocol that is not HTTP."""

    listens: bool  # the settings name a port

    async def listen(self, accept: Callable[[FetchedEvent], Awaitable[object]]) -> OpenDoor:
        """Open it in the running loop. Raises ChannelUnavailable: it cannot be, and why, in words for an admin.

        An event is acknowledged once `accept` has returned for it; when that raises, it is brought again.
        """
        ...


@runtime_checkable
class Announces(Protocol):
    """Also writes to the desk's own people, at the addresses that they have there."""

    proves_writers: bool  # knows whether somebody's answer is provenly theirs

    @property
    def announces_from(self) -> str | None:
        """The account that it comes from; None: none of ours can send."""
        ...


@runtime_checkable
class Presses(Protocol):
    """Answers a customer who pressed a button, so that their app stops waiting."""

    async def acknowledge_press(self, press: Pressed, text: str) -> None:
        """Show `text` for a moment. Raises leaves of ChannelError; a press that is too old is no error."""
        ...


@dataclass(frozen=True, slots=True)
class ChannelTemplate:
    """A message template as the provider knows it."""

    id: str
    name: str
    language: str
    body: str  # with {{1}} or {{name}} where variables go
    variables: tuple[str, ...]  # their names, in the order of the body
    status: str  # approved | pending | rejected | paused | unsubmitted
    category: str | None = None
    why: str | None = None  # it was rejected


@runtime_checkable
class Templates(Protocol):
    """Knows which templates may be sent."""

    async def templates(self) -> Sequence[ChannelTemplate]:
        """All of the account. Raises leaves of ChannelError."""
        ...


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to be so before customers can be heard and answered."""

    what: str  # what is so, as a sentence
    ok: bool
    todo: str = ""  # where it is not: what an admin does about it


@runtime_checkable
class Setup(Protocol):
    """Knows whether its channel is connected, and connects what a program can."""

    async def check(self) -> Sequence[Check]:
        """Look, and change nothing. What cannot be looked at is a check that is not ok; never raises ChannelError."""
        ...

    async def set_up(self) -> Sequence[Check]:
        """Tell the provider where to bring what customers write; then as `check`. Safe to repeat."""
        ...
