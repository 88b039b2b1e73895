"""The unit of work over SQLAlchemy: one connection, one transaction. The only place that commits.

Events leave as jobs in the same transaction: a crash keeps both or neither.
"""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from core.events import Event
from storage.jobs.enqueue import NewJob, enqueue
from storage.work.activity import Activity
from storage.work.conversations import Conversations
from storage.work.inbox import Inbox
from storage.work.messages import Messages
from storage.work.people import People
from storage.work.room import Room
from storage.work.tickets import Tickets
from storage.work.triages import Triages
from ticketing.playbook.lifecycle import Lifecycle

Route = Callable[[Event], Sequence[NewJob]]  # which jobs an event becomes: `app/subscriptions.py`


class SqlUnitOfWork:
    """Made afresh for every use case, entered once."""

    inbox: Inbox
    conversations: Conversations
    messages: Messages
    tickets: Tickets
    room: Room
    activity: Activity
    triages: Triages
    people: People

    def __init__(self, engine: AsyncEngine, route: Route, lifecycle: Lifecycle) -> None:
        self._engine = engine
        self._route = route
        self._lifecycle = lifecycle
        self._events: list[Event] = []
        self._connection: AsyncConnection | None = None

    def emit(self, event: Event) -> None:
        self._events.append(event)

    async def __aenter__(self) -> Self:
        connection = await self._engine.connect()
        self._connection = connection
        self.inbox = Inbox(connection)
        self.conversations = Conversations(connection)
        self.messages = Messages(connection)
        self.tickets = Tickets(connection, self._lifecycle)
        self.room = Room(connection)
        self.activity = Activity(connection)
        self.triages = Triages(connection)
        self.people = People(connection)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection = self._connection
        assert connection is not None, "the unit of work was not entered"
        try:
            if kind is None:
                await enqueue(connection, [job for event in self._events for job in self._route(event)])
                await connection.commit()
        finally:
            self._connection = None
            await connection.close()  # rolls back what was not committed
