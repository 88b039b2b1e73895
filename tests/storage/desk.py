"""A desk at work over a real database, with a fake channel and a clock that stands still until it is moved."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from core.events import Event
from storage.database import Database
from storage.jobs.codec import encode
from storage.jobs.enqueue import NewJob
from storage.playbooks import Playbooks
from storage.queries.activity import entries, head_of, streams
from storage.rows import AnyRow
from storage.unit_of_work import SqlUnitOfWork
from tests.factories import NOW, RULES, a_person, a_suggestion, an_issue
from tests.fakes.channels import FakeConnector
from tests.playbooks import InForce
from ticketing.activity.chain import first_break
from ticketing.attachments.outgoing import Outgoing
from ticketing.conversations.deliver import deliver
from ticketing.conversations.fallback import Outside
from ticketing.conversations.file_event import file_event
from ticketing.conversations.ports import Channels
from ticketing.desk import Desk
from ticketing.drafting.draft import Brief, Drafted
from ticketing.people.person import Person, Role
from ticketing.playbook.playbook import Playbook
from ticketing.ports import StartWork, UnitOfWork
from ticketing.resolution.proposal import Case, HandOver, Phrased, Proposed, Telling
from ticketing.tickets.open_ticket import NewTicket
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Burst, Priority, Suggestion, Triager, Vocabulary
from ticketing.triage.understand import Pace, understand

T = TypeVar("T")
CUSTOMER, OURS = "+4915112345678", "+14155550100"


class OneIssue:
    """A brain for which every burst is one new issue."""

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        return a_suggestion(an_issue(burst, subject=burst.messages[0].text[:80]))

    async def draft(self, brief: Brief) -> Drafted | None:
        return None

    async def propose(self, case: Case) -> Proposed:
        return Proposed(HandOver("It solves nothing."), "test", "1")

    async def phrase(self, telling: Telling) -> Phrased | None:
        return None


class Says:
    """A brain that says this."""

    def __init__(self, suggestion: Suggestion) -> None:
        self.suggestion = suggestion

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        return self.suggestion


class ByItself:
    """Work that shares its transaction with none."""

    def __init__(self, start: StartWork) -> None:
        self._start = start

    async def do(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        return await work(self._start())


class DeskAtWork:
    def __init__(self, engine: AsyncEngine, database: Database) -> None:
        self.engine = engine
        self.database = database
        self.now = NOW
        self.channel = FakeConnector()
        self.outgoing: Outgoing | None = None  # files on their way to customers
        self.welcome: str | None = None
        self.outside = Outside()
        self.playbooks = Playbooks()
        self.desk = Desk(self.start, self.clock, RULES, {"fake": self.channel.limits})

    def clock(self) -> datetime:
        return self.now

    def start(self) -> SqlUnitOfWork:
        return SqlUnitOfWork(self.database, self.route, self.playbooks)

    def use(self, channel: FakeConnector) -> None:
        """Another fake channel from now on."""
        self.channel = channel
        self.desk = replace(self.desk, limits={"fake": channel.limits})

    def follow(self, playbook: Playbook) -> None:
        """This playbook is in force from now on."""
        self.playbooks = InForce(playbook, self.playbooks)

    def undo(self, within: timedelta) -> None:
        """From now on, replies can be undone for this long."""
        self.desk = replace(self.desk, undo=within)

    @staticmethod
    def route(event: Event) -> Sequence[NewJob]:
        return [NewJob(type(event).__name__, encode(event))]

    async def rows(self, statement: str, **values: object) -> Sequence[AnyRow]:
        async with self.engine.begin() as connection:
            return (await connection.execute(text(statement), values)).all()

    async def rows_changed(self, statement: str, **values: object) -> None:
        """As an INSERT or UPDATE that gives nothing back."""
        async with self.engine.begin() as connection:
            await connection.execute(text(statement), values)

    async def count(self, table: str) -> int:
        return int((await self.rows(f"SELECT count(*) FROM {table}"))[0][0])

    async def somebody_waits(self) -> None:
        """Until somebody waits for a lock in this database."""
        here = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        while not await self.count(here):  # noqa: ASYNC110 - it is PostgreSQL that knows
            await asyncio.sleep(0.01)

    async def done_or_waiting(self, task: "asyncio.Task[Any]") -> None:
        """Until it is through, or waits for a lock in this database."""
        here = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        while not task.done() and not await self.count(here):  # noqa: ASYNC110 - it is PostgreSQL that knows
            await asyncio.sleep(0.01)

    async def jobs(self) -> list[str]:
        return [row.entrypoint for row in await self.rows("SELECT entrypoint FROM pgqueuer ORDER BY id")]

    async def person(self, name: str = "Mia", role: Role = Role.AGENT, team: str | None = None) -> Person:
        return await self.desk.add_person(name, a_person(name).email, role, team)

    async def store(self, event: Mapping[str, str] | bytes, *, received: timedelta = timedelta()) -> int:
        """The provider's event in the inbox, as the web process leaves it."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        (row,) = await self.rows(
            "INSERT INTO inbox (channel, key, url, body, received_at) "
            "VALUES ('fake', :key, '', :body, :at) RETURNING id",
            key=uuid4().hex,
            body=body,
            at=self.now + received,
        )
        return int(row.id)

    async def file(self, inbox_id: int) -> None:
        await file_event(
            inbox_id, parse={"fake": self.channel.parse}, welcome=self.welcome, uow=self.start(), now=self.now
        )

    async def customer_writes(self, words: str = "My mug is broken.", *, sender: str = CUSTOMER) -> UUID:
        """Stored and filed; the conversation's id."""
        key = uuid4().hex
        await self.file(await self.store(a_message(words, key=key, sender=sender)))
        (row,) = await self.rows("SELECT conversation_id FROM message WHERE key = :key", key=f"fake:{key}")
        conversation_id: UUID = row.conversation_id
        return conversation_id

    async def provider_reports(self, delivery: str, *, provider_id: str, message: UUID | None = None) -> None:
        event = {"kind": "status", "id": provider_id, "delivery": delivery}
        await self.file(await self.store(event | ({"message": str(message)} if message else {})))

    async def understand(self, conversation_id: UUID, brain: Triager | None = None) -> None:
        await understand(
            conversation_id,
            brain=brain or OneIssue(),
            rules=RULES,
            pace=Pace(timedelta(), timedelta()),
            reading=ByItself(self.start),
            applying=ByItself(self.start),
            clock=self.clock,
        )

    async def ticket(self, conversation_id: UUID, by: Person, subject: str = "A broken mug") -> Ticket:
        opened = await self.desk.open_ticket(conversation_id, NewTicket(subject, Priority.NORMAL), by=by)
        assert opened is not None
        return opened

    async def reply(
        self, ticket: Ticket, by: Person, words: str = "A new one is on its way.", *, then: str | None = None
    ) -> UUID:
        """Written, not yet sent; the message's id."""
        request = uuid4().hex
        await self.desk.reply(ticket.id, words, by=by, request=request, then=then)
        return await self.message(request)

    async def message(self, request: str) -> UUID:
        """The message that this pressing of Send wrote."""
        (row,) = await self.rows("SELECT id FROM message WHERE request = :request", request=request)
        message_id: UUID = row.id
        return message_id

    async def deliver(self, message_id: UUID, *, job: str = "its own", channels: Channels | None = None) -> None:
        """As a job of this name does it."""
        await deliver(
            message_id,
            job=job,
            channels={"fake": self.channel} if channels is None else channels,
            outside=self.outside,
            start=self.start,
            clock=self.clock,
            files=self.outgoing,
        )

    async def delivery(self, message_id: UUID) -> tuple[str, str | None]:
        (row,) = await self.rows("SELECT delivery, error FROM message WHERE id = :id", id=message_id)
        return row.delivery, row.error

    async def broken_chains(self) -> list[str]:
        """Streams whose chain is not whole, or does not end at its head."""
        broken = []
        async with self.engine.connect() as connection:
            for stream, head in await streams(connection):
                found = await entries(connection, stream)
                if first_break(found) is not None or head_of(found) != head:
                    broken.append(stream.kind)
        return broken


def a_message(words: str = "My mug is broken.", *, key: str | None = None, sender: str = CUSTOMER) -> dict[str, str]:
    """A customer's message on the fake channel's wire."""
    return {"kind": "message", "id": key or uuid4().hex, "from": sender, "to": OURS, "text": words}
