"""A use case is one transaction: all of it is kept, jobs included, or nothing."""

import asyncio
from uuid import uuid4

import pytest

from core.events import Event
from storage.database import Database
from storage.engine import create_engine
from storage.jobs.enqueue import NewJob, enqueue
from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from storage.unit_of_work import SqlUnitOfWork
from tests.factories import NOW, an_inbound
from tests.storage.desk import DeskAtWork
from ticketing.tickets.events import MessageReceived


def an_event() -> MessageReceived:
    return MessageReceived(conversation_id=uuid4(), message_id=uuid4(), at=NOW)


async def _begin(work: SqlUnitOfWork, *, then: Exception | None = None) -> None:
    """A conversation and an event, and perhaps a failure after them."""
    async with work as uow:
        await uow.conversations.open_for(an_inbound(), at=NOW)
        uow.emit(an_event())
        if then is not None:
            raise then


class TestUnitOfWork:
    async def test_a_clean_exit_keeps_rows_and_jobs(self, desk: DeskAtWork) -> None:
        async with desk.start() as uow:
            await uow.conversations.open_for(an_inbound(), at=NOW)
            uow.emit(an_event())
            uow.emit(an_event())
        assert await desk.count("conversation") == 1
        assert await desk.jobs() == ["MessageReceived", "MessageReceived"]

    async def test_an_exception_after_emit_leaves_neither_row_nor_job(self, desk: DeskAtWork) -> None:
        with pytest.raises(ZeroDivisionError):
            await _begin(desk.start(), then=ZeroDivisionError())
        assert (await desk.count("conversation"), await desk.count("customer"), await desk.jobs()) == (0, 0, [])

    async def test_only_an_event_and_no_statement_is_a_job_all_the_same(self, desk: DeskAtWork) -> None:
        async with desk.start() as uow:
            uow.emit(an_event())
        assert await desk.jobs() == ["MessageReceived"]

    async def test_an_event_that_nobody_hears_keeps_nothing(self, store: Database, desk: DeskAtWork) -> None:
        def nobody(event: Event) -> list[NewJob]:
            raise KeyError(type(event))

        with pytest.raises(KeyError):
            await _begin(SqlUnitOfWork(store, nobody, Playbooks()))
        assert await desk.count("conversation") == 0

    async def test_being_cancelled_keeps_nothing_and_frees_the_lock(self, desk: DeskAtWork) -> None:
        conversation_id = await desk.customer_writes()
        locked = asyncio.Event()

        async def hold() -> None:
            async with desk.start() as uow:
                await uow.conversations.lock(conversation_id)
                uow.emit(an_event())
                locked.set()
                await asyncio.Event().wait()

        holding = asyncio.create_task(hold())
        await locked.wait()
        holding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await holding
        async with asyncio.timeout(5), desk.start() as uow:
            await uow.conversations.lock(conversation_id)
        assert await desk.jobs() == ["MessageReceived"]  # of the message, not of the cancelled work

    async def test_statements_that_commit_themselves_leave_no_trace_on_a_shared_connection(self, database: str) -> None:
        """The rooms and the use cases take turns on the pool's connections; only the rooms' commit by themselves."""
        engine, store = create_engine(database, size=1), Database(database, size=1)
        desk = DeskAtWork(engine, store)
        await SqlRooms(store, Playbooks()).remember_user("U1", "mia@example.com", now=NOW)
        with pytest.raises(ZeroDivisionError):
            await _begin(desk.start(), then=ZeroDivisionError())
        assert (await desk.count("slack_user"), await desk.count("conversation")) == (1, 0)
        await store.close()
        await engine.dispose()

    async def test_many_at_once_share_the_pool(self, desk: DeskAtWork) -> None:
        async def one(number: int) -> None:
            async with desk.start() as uow:
                await uow.conversations.open_for(an_inbound(sender=f"+49{number:08}"), at=NOW)
                uow.emit(an_event())

        await asyncio.gather(*(one(number) for number in range(40)))
        assert (await desk.count("conversation"), len(await desk.jobs())) == (40, 40)


class TestEnqueue:
    async def test_a_job_never_survives_a_rollback_even_as_the_first_statement(
        self, store: Database, desk: DeskAtWork
    ) -> None:
        async def fail() -> None:
            async with store.transaction() as session:
                await enqueue(session, [NewJob("first", b"{}")])
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        assert await desk.jobs() == []

    async def test_a_job_is_invisible_until_the_commit(self, store: Database, desk: DeskAtWork) -> None:
        async with store.transaction() as session:
            await enqueue(session, [NewJob("later", b"{}")])
            assert await desk.jobs() == []
        assert await desk.jobs() == ["later"]
