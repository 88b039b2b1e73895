"""The unit of work over PostgreSQL: one connection, one transaction. The only place that commits.

Events leave as jobs in the same transaction: a crash keeps both or neither.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Protocol, Self

from core.events import Event
from storage.clock_history import ClockHistories
from storage.database import Session
from storage.jobs.enqueue import NewJob, each_once, enqueue
from storage.playbooks import Playbooks
from storage.work.activity import Activity
from storage.work.approvals import Approvals
from storage.work.attachments import Attachments
from storage.work.autonomy import Levels as AutonomyLevels
from storage.work.choices import Choices
from storage.work.conversations import Conversations
from storage.work.corrections import Corrections
from storage.work.customers import Customers
from storage.work.direct_messages import DirectMessages
from storage.work.drafts import Drafts
from storage.work.escalations import Escalations
from storage.work.fields import Fields
from storage.work.grounds import Grounds
from storage.work.hand_calls import HandCalls
from storage.work.homes import OpenHomes
from storage.work.inbox import Inbox
from storage.work.links import Links
from storage.work.mails import Mails
from storage.work.merges import Merges
from storage.work.messages import Messages
from storage.work.offers import Offers
from storage.work.people import People
from storage.work.preferences import AllPreferences
from storage.work.replying import Replying
from storage.work.room import Room
from storage.work.runs import Runs
from storage.work.senders import Senders
from storage.work.service_levels import Levels, ServiceLevels
from storage.work.suppressions import Suppressions
from storage.work.surveys import Surveys
from storage.work.switches import Switches
from storage.work.templates import Templates
from storage.work.tickets import Tickets
from storage.work.triages import Triages
from storage.work.versions import Versions
from storage.work.watchers import Watchers
from ticketing.activity.chain import Head
from ticketing.activity.record import Stream
from ticketing.playbook.playbook import Playbook

Route = Callable[[Event], Sequence[NewJob]]  # which jobs an event becomes: `app/subscriptions.py`


class Transactions(Protocol):
    """Where a transaction is to be had: a `Database`, or one that is open already."""

    def transaction(self) -> AbstractAsyncContextManager[Session]: ...


class SqlUnitOfWork:
    """Made afresh for every use case, entered once."""

    inbox: Inbox
    senders: Senders
    conversations: Conversations
    messages: Messages
    mails: Mails
    suppressions: Suppressions
    attachments: Attachments
    tickets: Tickets
    room: Room
    activity: Activity
    templates: Templates
    triages: Triages
    corrections: Corrections
    switches: Switches
    people: People
    preferences: AllPreferences
    direct_messages: DirectMessages
    replying: Replying
    homes: OpenHomes
    drafts: Drafts
    hand_calls: HandCalls
    customers: Customers
    surveys: Surveys
    versions: Versions
    offers: Offers
    service_levels: ServiceLevels
    clock_histories: ClockHistories
    watchers: Watchers
    links: Links
    approvals: Approvals
    runs: Runs
    levels: AutonomyLevels
    escalations: Escalations
    grounds: Grounds
    fields: Fields
    merges: Merges
    choices: Choices

    def __init__(self, database: Transactions, route: Route, playbooks: Playbooks) -> None:
        self._database = database
        self._route = route
        self._playbooks = playbooks
        self._playbook: Playbook | None = None
        self._events: list[Event] = []
        self._transaction: AbstractAsyncContextManager[Session] | None = None
        self._session: Session | None = None

    def emit(self, event: Event) -> None:
        self._events.append(event)

    def keep_apart(self, keys: Iterable[Hashable]) -> None:
        assert self._session is not None, "the unit of work was not entered"
        self._session.keep_apart(keys)

    async def playbook(self) -> Playbook:
        assert self._session is not None, "the unit of work was not entered"
        if self._playbook is None:
            self._playbook = await self._playbooks.current(self._session)
        return self._playbook

    async def playbook_numbered(self, number: int) -> Playbook | None:
        assert self._session is not None, "the unit of work was not entered"
        try:
            return await self._playbooks.numbered(self._session, number)
        except (LookupError, RuntimeError):
            return None

    async def __aenter__(self) -> Self:
        self._transaction = self._database.transaction()
        self._session = session = await self._transaction.__aenter__()
        heads: dict[Stream, Head] = {}
        clocks: Levels = {}
        self.inbox = Inbox(session)
        self.senders = Senders(session)
        self.conversations = Conversations(session)
        self.messages = Messages(session)
        self.mails = Mails(session)
        self.suppressions = Suppressions(session)
        self.attachments = Attachments(session)
        self.tickets = Tickets(session)
        self.room = Room(session)
        self.activity = Activity(session, heads, clocks)
        self.templates = Templates(session)
        self.triages = Triages(session)
        self.corrections = Corrections(session)
        self.switches = Switches(session)
        self.people = People(session)
        self.preferences = AllPreferences(session)
        self.direct_messages = DirectMessages(session)
        self.replying = Replying(session)
        self.homes = OpenHomes(session)
        self.drafts = Drafts(session)
        self.hand_calls = HandCalls(session)
        self.customers = Customers(session)
        self.surveys = Surveys(session)
        self.versions = Versions(session)
        self.offers = Offers(session)
        self.service_levels = ServiceLevels(session, heads, clocks)
        self.clock_histories = ClockHistories(session, self._playbooks)
        self.watchers = Watchers(session)
        self.links = Links(session)
        self.approvals = Approvals(session)
        self.runs = Runs(session)
        self.levels = AutonomyLevels(session)
        self.escalations = Escalations(session)
        self.grounds = Grounds(session)
        self.fields = Fields(session)
        self.merges = Merges(session)
        self.choices = Choices(session)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._transaction is not None, "the unit of work was not entered"
        assert self._session is not None
        try:
            if kind is None:
                await self._session.catch_up()
                await enqueue(self._session, each_once(job for event in self._events for job in self._route(event)))
                await self.runs.keep_spending()
        except BaseException as failed:
            await self._transaction.__aexit__(type(failed), failed, failed.__traceback__)
            raise
        await self._transaction.__aexit__(kind, error, trace)
