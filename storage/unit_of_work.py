"""The unit of work over PostgreSQL: one connection, one transaction. The only place that commits.

Events leave as jobs in the same transaction: a crash keeps both or neither.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Self

from core.events import Event
from storage.database import Database, Session
from storage.jobs.enqueue import NewJob, enqueue
from storage.work.activity import Activity
from storage.work.attachments import Attachments
from storage.work.conversations import Conversations
from storage.work.corrections import Corrections
from storage.work.customers import Customers
from storage.work.inbox import Inbox
from storage.work.messages import Messages
from storage.work.people import People
from storage.work.replying import Replying
from storage.work.room import Room
from storage.work.senders import Senders
from storage.work.surveys import Surveys
from storage.work.switches import Switches
from storage.work.templates import Templates
from storage.work.tickets import Tickets
from storage.work.triages import Triages
from ticketing.playbook.lifecycle import Lifecycle

Route = Callable[[Event], Sequence[NewJob]]  # which jobs an event becomes: `app/subscriptions.py`


class SqlUnitOfWork:
    """Made afresh for every use case, entered once."""

    inbox: Inbox
    senders: Senders
    conversations: Conversations
    messages: Messages
    attachments: Attachments
    tickets: Tickets
    room: Room
    activity: Activity
    templates: Templates
    triages: Triages
    corrections: Corrections
    switches: Switches
    people: People
    replying: Replying
    customers: Customers
    surveys: Surveys

    def __init__(self, database: Database, route: Route, lifecycle: Lifecycle) -> None:
        self._database = database
        self._route = route
        self._lifecycle = lifecycle
        self._events: list[Event] = []
        self._transaction: AbstractAsyncContextManager[Session] | None = None
        self._session: Session | None = None

    def emit(self, event: Event) -> None:
        self._events.append(event)

    async def __aenter__(self) -> Self:
        self._transaction = self._database.transaction()
        self._session = session = await self._transaction.__aenter__()
        self.inbox = Inbox(session)
        self.senders = Senders(session)
        self.conversations = Conversations(session)
        self.messages = Messages(session)
        self.attachments = Attachments(session)
        self.tickets = Tickets(session, self._lifecycle)
        self.room = Room(session)
        self.activity = Activity(session)
        self.templates = Templates(session)
        self.triages = Triages(session)
        self.corrections = Corrections(session)
        self.switches = Switches(session)
        self.people = People(session)
        self.replying = Replying(session)
        self.customers = Customers(session)
        self.surveys = Surveys(session)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._transaction is not None, "the unit of work was not entered"
        assert self._session is not None
        try:
            if kind is None:
                await enqueue(self._session, [job for event in self._events for job in self._route(event)])
        except BaseException as failed:
            await self._transaction.__aexit__(type(failed), failed, failed.__traceback__)
            raise
        await self._transaction.__aexit__(kind, error, trace)
