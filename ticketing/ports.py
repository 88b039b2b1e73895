"""What the use cases need from the world. `storage/` implements the unit of work, `connectors/` the channels.

A use case is one transaction: it enters the unit of work, and a clean exit commits everything it saved, recorded and
emitted. Nobody else commits.
"""

from collections.abc import Awaitable, Callable, Hashable, Iterable
from types import TracebackType
from typing import Protocol, Self, TypeVar

from core.events import Event
from ticketing.activity.ports import Activity
from ticketing.approvals.ports import Approvals
from ticketing.attachments.ports import Attachments
from ticketing.collaboration.ports import Choices, Links, Merges, Watchers
from ticketing.conversations.ports import Conversations, Inbox, Messages, Replying, Senders
from ticketing.customers.ports import Customers
from ticketing.direct_messages.ports import DirectMessages
from ticketing.drafting.ports import Drafts
from ticketing.escalation.ports import Escalations
from ticketing.fields.ports import Fields
from ticketing.home.ports import OpenHomes
from ticketing.mails.ports import Mails, Suppressions
from ticketing.offers.ports import Offers
from ticketing.people.ports import AllPreferences, People
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.ports import Versions
from ticketing.resolution.ground import Grounds
from ticketing.resolution.hand_calls import HandCalls
from ticketing.resolution.levels import Levels
from ticketing.resolution.ports import Runs
from ticketing.sla.ports import ClockHistories, ServiceLevels
from ticketing.surveys.ports import Surveys
from ticketing.templates.ports import Templates
from ticketing.tickets.ports import Room, Tickets
from ticketing.triage.ports import Corrections, Switches, Triages


class UnitOfWork(Protocol):
    """One transaction. Leaving it cleanly commits; an exception rolls everything back, jobs included."""

    @property
    def inbox(self) -> Inbox: ...
    @property
    def senders(self) -> Senders: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def mails(self) -> Mails: ...
    @property
    def suppressions(self) -> Suppressions: ...
    @property
    def attachments(self) -> Attachments: ...
    @property
    def tickets(self) -> Tickets: ...
    @property
    def room(self) -> Room: ...
    @property
    def activity(self) -> Activity: ...
    @property
    def templates(self) -> Templates: ...
    @property
    def triages(self) -> Triages: ...
    @property
    def corrections(self) -> Corrections: ...
    @property
    def switches(self) -> Switches: ...
    @property
    def people(self) -> People: ...
    @property
    def preferences(self) -> AllPreferences: ...
    @property
    def direct_messages(self) -> DirectMessages: ...
    @property
    def replying(self) -> Replying: ...
    @property
    def homes(self) -> OpenHomes: ...
    @property
    def hand_calls(self) -> HandCalls: ...
    @property
    def drafts(self) -> Drafts: ...
    @property
    def watchers(self) -> Watchers: ...
    @property
    def links(self) -> Links: ...
    @property
    def merges(self) -> Merges: ...
    @property
    def choices(self) -> Choices: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def surveys(self) -> Surveys: ...
    @property
    def versions(self) -> Versions: ...
    @property
    def approvals(self) -> Approvals: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def levels(self) -> Levels: ...
    @property
    def escalations(self) -> Escalations: ...
    @property
    def grounds(self) -> Grounds: ...
    @property
    def fields(self) -> Fields: ...
    @property
    def offers(self) -> Offers: ...
    @property
    def service_levels(self) -> ServiceLevels: ...
    @property
    def clock_histories(self) -> ClockHistories: ...

    async def playbook(self) -> Playbook:
        """The process in force, as of the first time that it is asked: read tickets before it, not after."""
        ...

    async def playbook_numbered(self, number: int) -> Playbook | None:
        """An earlier one. None: there is none of this number, or this program understands it no more."""
        ...

    def keep_apart(self, keys: Iterable[Hashable]) -> None:
        """Work that shares this transaction has none of these keys, or is done after it. No keys: none may share it.

        To be called before anything is changed.
        """
        ...

    def emit(self, event: Event) -> None:
        """Tell whoever `app/subscriptions.py` names, after the commit."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


StartWork = Callable[[], UnitOfWork]
T = TypeVar("T")


class ShareWork(Protocol):
    """Does work that many ask for at once, several pieces in one transaction. Each must be safe to repeat."""

    async def do(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """What it returns, once that is committed. Raises what it raises; then nothing of it was kept."""
        ...
