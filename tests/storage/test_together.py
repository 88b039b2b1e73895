"""Use cases that share a transaction: each must come out as if it had been alone."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text

from core.errors import NotFound
from storage.together import MOST, Together
from tests.storage.desk import DeskAtWork
from tests.storage.letters import a_mail, ids, where
from ticketing.conversations.file_event import file_event
from ticketing.ports import UnitOfWork

Work = Callable[[UnitOfWork], Awaitable[int]]


@pytest.fixture
def together(desk: DeskAtWork) -> Together:
    return Together(desk.database, desk.route, desk.playbooks)


async def _conversations(desk: DeskAtWork, number: int) -> list[UUID]:
    return [await desk.customer_writes(f"Message {each}", sender=f"+49151{each:05}") for each in range(number)]


def _count_up(conversation_id: UUID, *, fails: bool = False) -> Work:
    """Reads the version, writes the next; what it has done is seen by whoever looks."""

    async def work(uow: UnitOfWork) -> int:
        async with uow:
            conversation = await uow.conversations.lock(conversation_id)
            found = conversation.version
            await asyncio.sleep(0)
            await uow.conversations.save(replace(conversation, version=found + 1))
            if fails:
                raise ValueError("a mistake after writing")
            return found

    return work


async def _versions(desk: DeskAtWork) -> list[int]:
    return [row.version for row in await desk.rows("SELECT version FROM conversation ORDER BY id")]


async def _transactions(desk: DeskAtWork) -> int:
    """How many wrote the conversations as they stand now."""
    (row,) = await desk.rows("SELECT count(DISTINCT xmin::text) AS number FROM conversation")
    return int(row.number)


class TestDo:
    async def test_what_is_done_at_once_is_one_transaction(self, desk: DeskAtWork, together: Together) -> None:
        known = await _conversations(desk, 5)
        assert await _transactions(desk) == 5

        found = await asyncio.gather(*(together.do(_count_up(each)) for each in known))

        assert await _transactions(desk) == 1
        assert await _versions(desk) == [each + 1 for each in found]

    async def test_each_gets_its_own_rows_and_its_own_answer(self, desk: DeskAtWork, together: Together) -> None:
        known = await _conversations(desk, 4)

        async def burst(conversation_id: UUID) -> str:
            async def work(uow: UnitOfWork) -> str:
                async with uow:
                    waiting = await uow.messages.waiting_for_triage(conversation_id)
                    return waiting.messages[0].text if waiting else ""

            return await together.do(work)

        assert await asyncio.gather(*map(burst, known)) == [f"Message {each}" for each in range(4)]

    async def test_one_that_finds_nothing_says_so_and_the_others_are_done(
        self, desk: DeskAtWork, together: Together
    ) -> None:
        (known,) = await _conversations(desk, 1)

        done, refused = await asyncio.gather(
            together.do(_count_up(known)), together.do(_count_up(UUID(int=1))), return_exceptions=True
        )

        assert isinstance(refused, NotFound)
        assert await _versions(desk) == [int(str(done)) + 1]

    async def test_nothing_is_kept_of_one_that_fails_after_writing_and_all_of_the_others(
        self, desk: DeskAtWork, together: Together
    ) -> None:
        bad, *good = await _conversations(desk, 4)
        before = await _versions(desk)

        works = [_count_up(bad, fails=True), *(_count_up(each) for each in good)]
        failed, *_ = await asyncio.gather(*map(together.do, works), return_exceptions=True)

        assert isinstance(failed, ValueError)
        assert await _versions(desk) == [before[0], *(each + 1 for each in before[1:])]

    async def test_a_statement_that_postgresql_refuses_hurts_nobody_else(
        self, desk: DeskAtWork, together: Together
    ) -> None:
        (known,) = await _conversations(desk, 1)
        (before,) = await _versions(desk)

        async def refused(uow: UnitOfWork) -> int:
            async with uow:
                await uow.conversations.lock(known)
                return await uow.tickets.add(None, request=None)  # type: ignore[arg-type]  # what no caller would

        with pytest.raises(AttributeError):
            await together.do(refused)
        outcomes = await asyncio.gather(
            *(together.do(each) for each in (refused, _count_up(known))), return_exceptions=True
        )

        assert isinstance(outcomes[0], AttributeError)
        assert await _versions(desk) == [before + 1]

    async def test_two_that_want_the_same_row_follow_one_another(self, desk: DeskAtWork, together: Together) -> None:
        (known,) = await _conversations(desk, 1)

        found = await asyncio.gather(*(together.do(_count_up(known)) for _ in range(MOST + 3)))

        assert sorted(found) == list(range(min(found), min(found) + MOST + 3))

    async def test_whoever_keeps_apart_sees_what_the_one_before_did(self, desk: DeskAtWork, together: Together) -> None:
        (known,) = await _conversations(desk, 1)

        async def apart(uow: UnitOfWork) -> int:
            async with uow:
                uow.keep_apart(["the same"])
                version = (await uow.conversations.get(known)).version
                conversation = await uow.conversations.lock(known)
                await uow.conversations.save(replace(conversation, version=version + 1))
                return version

        found = await asyncio.gather(*(together.do(apart) for _ in range(3)))
        assert found == sorted(set(found))

    async def test_what_shares_with_nobody_is_done_too(self, desk: DeskAtWork, together: Together) -> None:
        known = await _conversations(desk, 2)

        async def alone(uow: UnitOfWork) -> int:
            async with uow:
                uow.keep_apart([])
            return -1

        assert await asyncio.gather(together.do(alone), *(together.do(_count_up(each)) for each in known)) == [-1, 2, 2]

    async def test_somebody_elses_lock_does_not_hold_up_the_others_for_long(
        self, desk: DeskAtWork, together: Together
    ) -> None:
        held, free = await _conversations(desk, 2)
        async with desk.engine.begin() as other:
            await other.execute(text("SELECT FROM conversation WHERE id = :id FOR UPDATE"), {"id": held})
            waiting = asyncio.create_task(together.do(_count_up(held)))
            await asyncio.wait_for(together.do(_count_up(free)), 10)
            assert not waiting.done()
        await waiting

    async def test_a_lost_connection_is_told_to_all_and_leaves_nothing(
        self, desk: DeskAtWork, together: Together
    ) -> None:
        known = await _conversations(desk, 3)
        before = await _versions(desk)

        async def killed(uow: UnitOfWork) -> int:
            async with uow:
                await desk.rows(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE state = 'idle in transaction' AND datname = current_database() AND pid <> pg_backend_pid()"
                )
                return (await uow.conversations.lock(known[0])).version

        works: list[Work] = [killed, *(_count_up(each) for each in known[1:])]
        outcomes = await asyncio.gather(*map(together.do, works), return_exceptions=True)

        assert all(isinstance(each, Exception) for each in outcomes)
        assert await _versions(desk) == before


class TestMails:
    async def test_a_thread_that_comes_at_once_is_one_conversation(self, desk: DeskAtWork, together: Together) -> None:
        first = a_mail()
        second = a_mail("And the saucer.", references=ids(first))
        third = a_mail("Hello?", references=ids(second))
        others = [a_mail(sender=f"{each}@home.example") for each in range(3)]

        await self._file(desk, together, first, others[0], second, others[1], third, others[2])

        assert await where(desk, first) == await where(desk, second) == await where(desk, third)
        assert await desk.count("conversation") == 4

    async def test_the_same_mail_twice_is_one(self, desk: DeskAtWork, together: Together) -> None:
        mail = a_mail()
        await self._file(desk, together, mail, mail)
        assert await desk.count("message") == await desk.count("conversation") == 1

    async def test_new_mails_of_one_customer_are_one_customers(self, desk: DeskAtWork, together: Together) -> None:
        await self._file(desk, together, *(a_mail() for _ in range(5)))
        assert (await desk.count("customer"), await desk.count("conversation")) == (1, 5)

    @staticmethod
    async def _file(desk: DeskAtWork, together: Together, *mails: object) -> None:
        """All at once, in this order."""
        stored = {await desk.store(b"raw"): mail for mail in mails}
        await desk.rows_changed("UPDATE inbox SET channel = 'email'")

        def filing(inbox_id: int) -> Callable[[UnitOfWork], Awaitable[None]]:
            parse = {"email": lambda _: (stored[inbox_id],)}
            return lambda uow: file_event(inbox_id, parse=parse, uow=uow, now=desk.now)  # type: ignore[arg-type]

        await asyncio.gather(*(together.do(filing(each)) for each in stored))
        assert {row.outcome for row in await desk.rows("SELECT outcome FROM inbox")} == {"filed"}
