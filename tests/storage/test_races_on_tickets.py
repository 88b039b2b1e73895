"""What is decided about a ticket, by a job, a clock or a person, while somebody else does something with it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Self
from uuid import UUID

import pytest

from core.ids import new_id
from core.messages import Delivery
from storage.unit_of_work import SqlUnitOfWork
from tests.playbooks import IN_PROGRESS, RESOLVED, WAITING, a_playbook, gated
from tests.storage.desk import DeskAtWork
from tests.storage.test_stage_actions import TEXT, Continues
from ticketing.approvals.approval import Approval, Verdict
from ticketing.approvals.carry_on import carry_on
from ticketing.collaboration.link import LinkKind
from ticketing.collaboration.merge import TicketMerge
from ticketing.conversations.conversation import Direction, Message
from ticketing.people.person import Person, Role
from ticketing.ports import UnitOfWork
from ticketing.sweep import sweep
from ticketing.tickets.by_itself import move_on_due
from ticketing.tickets.comment import comment
from ticketing.tickets.ticket import Ticket

Deed = Callable[[], Awaitable[object]]
DAY = timedelta(days=1)
CLOSING = a_playbook(TEXT.replace("moves_on: {after: 5d", "moves_on: {after: 1d"))


class Interrupted:
    """Starts units of work; before the one of this number somebody else does something."""

    def __init__(self, desk: DeskAtWork, before: int, deed: Deed) -> None:
        self._desk, self._before, self._deed = desk, before, deed
        self._begun = 0

    def __call__(self) -> SqlUnitOfWork:
        self._begun += 1
        desk, deed = self._desk, self._deed if self._begun == self._before else None

        class Later(SqlUnitOfWork):
            async def __aenter__(self) -> Self:
                if deed is not None:
                    await deed()
                return await super().__aenter__()

        return Later(desk.database, desk.route, desk.playbooks)


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


@pytest.fixture
async def ticket(desk: DeskAtWork, mia: Person) -> Ticket:
    return await desk.ticket(await desk.customer_writes(), mia)


async def records(desk: DeskAtWork, ticket: Ticket, *kinds: str) -> list[str]:
    rows = await desk.rows("SELECT kind FROM activity WHERE stream_id = :ticket ORDER BY seq", ticket=ticket.id)
    return [row.kind for row in rows if row.kind in kinds]


async def status(desk: DeskAtWork, ticket: Ticket) -> str:
    (row,) = await desk.rows("SELECT status FROM ticket WHERE id = :id", id=ticket.id)
    return str(row.status)


class TestWhatWasApproved:
    """It goes from In progress to Resolved, and would go there from Waiting as well, where nobody is asked."""

    @pytest.fixture
    async def approved(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> Approval:
        desk.follow(gated(when=None))
        ada = await desk.person("Ada", Role.ADMIN)
        await desk.desk.change_status(ticket.id, IN_PROGRESS, by=mia)
        asked = await desk.desk.request_approval(ticket.id, RESOLVED, "It broke.", by=mia)
        return await desk.desk.decide(asked.id, Verdict.APPROVE, by=ada)

    @pytest.mark.parametrize("before", [1, 2])
    async def test_does_not_follow_where_somebody_has_taken_the_ticket_elsewhere_meanwhile(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, approved: Approval, before: int
    ) -> None:
        async def taken_elsewhere() -> None:
            await desk.desk.change_status(ticket.id, WAITING, by=mia)

        await carry_on(approved.id, start=Interrupted(desk, before, taken_elsewhere), now=desk.now)
        assert await status(desk, ticket) == WAITING
        told = await desk.desk.approval(approved.id)
        assert (told.state.value, told.because) == ("void", "the ticket's status has changed")
        assert await records(desk, ticket, "approval.voided", "approval.not_followed") == ["approval.voided"]

    async def test_follows_where_the_ticket_was_only_worked_on_meanwhile(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, approved: Approval
    ) -> None:
        async def tagged() -> None:
            await desk.desk.tag(ticket.id, add=["vip"], by=mia)

        await carry_on(approved.id, start=Interrupted(desk, 2, tagged), now=desk.now)
        assert (await status(desk, ticket), (await desk.desk.approval(approved.id)).state.value) == (RESOLVED, "used")


class TestAComment:
    async def test_written_while_its_ticket_is_merged_stands_where_that_goes_on(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        survivor = await desk.ticket(ticket.conversation_id, mia, "Another mug")
        merging: list[asyncio.Task[object]] = []

        class Looked(SqlUnitOfWork):
            async def __aenter__(self) -> Self:
                work = await super().__aenter__()
                look = self.merges.above

                async def looked(ticket_id: UUID) -> Sequence[TicketMerge]:
                    found = await look(ticket_id)
                    merging.append(asyncio.create_task(desk.desk.merge_tickets(survivor.id, ticket.id, by=mia)))
                    await desk.done_or_waiting(merging[0])
                    return found

                self.merges.above = looked  # type: ignore[method-assign]
                return work

        work = Looked(desk.database, desk.route, desk.playbooks)
        await comment(ticket.id, "She called.", by=mia, uow=work, now=desk.now)
        await merging[0]
        rows = await desk.rows("SELECT ticket_id FROM room_entry WHERE comment_id IS NOT NULL AND moved_to IS NULL")
        assert survivor.id in {row.ticket_id for row in rows}


class TestNobodyWaitsInACircle:
    """Somebody holds one ticket and wants another one; whoever comes must not hold that one and want theirs."""

    @pytest.fixture
    async def tickets(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> tuple[Ticket, Ticket]:
        return ticket, await desk.ticket(ticket.conversation_id, mia)

    async def test_with_a_hand_off(self, desk: DeskAtWork, tickets: tuple[Ticket, Ticket], mia: Person) -> None:
        first, second = tickets
        team = await desk.desk.add_team("Refunds", None)
        await desk.desk.claim(first.conversation_id, by=mia)
        async with desk.start() as uow:
            await uow.tickets.lock(first.id)
            handing = asyncio.create_task(desk.desk.hand_off(second.id, team.id, by=mia))
            await desk.done_or_waiting(handing)
            await uow.tickets.lock(second.id)
        assert (await handing).team_id == team.id

    @pytest.mark.parametrize("there", [True, False], ids=["linking", "unlinking"])
    async def test_with_linking(self, desk: DeskAtWork, ticket: Ticket, mia: Person, there: bool) -> None:
        other = await desk.customer_writes(sender="+4915199999999")
        second = await desk.ticket(other, mia)
        async with desk.start() as uow:  # as triage does: those of the conversation, then where they go on
            await uow.conversations.lock(other)
            await uow.tickets.lock(second.id)
            change = desk.desk.link if there else desk.desk.unlink
            linking = asyncio.create_task(change(ticket.id, LinkKind.RELATES, second.id, by=mia))
            await desk.done_or_waiting(linking)
            await uow.tickets.lock(ticket.id)
        await linking
        assert len(await desk.desk.links(ticket.id, by=mia)) == there

    async def test_with_a_reply_that_leaves_and_stands_in_two_rooms(
        self, desk: DeskAtWork, tickets: tuple[Ticket, Ticket], mia: Person
    ) -> None:
        first, second = tickets
        reply = await desk.reply(second, mia, then=RESOLVED)
        await desk.desk.merge_tickets(first.id, second.id, by=mia)
        async with desk.start() as uow:
            await uow.tickets.lock(first.id)
            leaving = asyncio.create_task(desk.deliver(reply))
            await desk.done_or_waiting(leaving)
            await uow.tickets.lock(second.id)
        await leaving
        assert [await status(desk, each) for each in tickets] == [RESOLVED, "open"]  # it goes on in the first


async def test_a_reply_that_leaves_after_its_ticket_was_parted_again_moves_that_one_only(
    desk: DeskAtWork, ticket: Ticket, mia: Person
) -> None:
    survivor = await desk.ticket(ticket.conversation_id, mia, "Another mug")
    reply = await desk.reply(ticket, mia, then=RESOLVED)
    await desk.desk.merge_tickets(survivor.id, ticket.id, by=mia)
    await desk.desk.unmerge_ticket(ticket.id, by=mia)
    await desk.deliver(reply)
    assert (await status(desk, ticket), await status(desk, survivor)) == (RESOLVED, "open")


class TestWhatHasComeDue:
    """Tickets that were resolved for long enough close by themselves."""

    @pytest.fixture
    async def settled(self, desk: DeskAtWork, mia: Person) -> list[Ticket]:
        desk.follow(CLOSING)
        tickets = []
        for number in range(4):
            desk.now += timedelta(minutes=1)
            ticket = await desk.ticket(await desk.customer_writes(sender=f"+49170{number}"), mia)
            await desk.rows_changed("UPDATE message SET triaged = true")
            tickets.append(await desk.desk.change_status(ticket.id, "done", by=mia))
        desk.now += DAY
        return tickets

    async def test_one_that_fails_keeps_no_other_from_its_turn(self, desk: DeskAtWork, settled: list[Ticket]) -> None:
        broken = settled[0]
        await desk.rows_changed("UPDATE ticket SET status = 'nowhere' WHERE id = :id", id=broken.id)
        for _ in range(2):
            with pytest.raises(ExceptionGroup) as failed:
                await move_on_due(start=desk.start, now=desk.now)
            assert [type(each) for each in failed.value.exceptions] == [KeyError]
        assert [await status(desk, each) for each in settled] == ["nowhere", "closed", "closed", "closed"]
        assert await desk.broken_chains() == []

    async def test_more_that_fail_than_are_looked_at_at_once_keep_no_other_from_its_turn(
        self, desk: DeskAtWork, settled: list[Ticket]
    ) -> None:
        asked = []

        async def deal_with(ticket_id: UUID, uow: UnitOfWork) -> bool:
            asked.append(ticket_id)
            async with uow:
                ticket = await uow.tickets.lock(ticket_id)
                if ticket.id != settled[3].id:
                    raise ZeroDivisionError
                await uow.tickets.save(replace(ticket, moves_on_at=None))
                return True

        with pytest.raises(ExceptionGroup, match="3 of those that are due"):
            await sweep(
                lambda uow, skip, most: uow.tickets.to_move_on(desk.now, skip=skip, most=most),
                deal_with,
                start=desk.start,
                most=2,
            )
        assert asked == [each.id for each in settled]

    async def test_a_ticket_does_not_close_over_what_its_customer_has_just_written(
        self, desk: DeskAtWork, settled: list[Ticket]
    ) -> None:
        understood, never = settled[0], settled[1]
        for sender in ("+491700", "+491701"):
            await desk.customer_writes("It broke again.", sender=sender)
        assert await move_on_due(start=desk.start, now=desk.now) == 2
        await desk.understand(understood.conversation_id, Continues())
        assert [await status(desk, each) for each in (understood, never)] == ["open", "done"]
        for minutes, closed in ((0, 0), (59, 0), (61, 1)):  # something is wrong, for which no ticket waits for ever
            assert await move_on_due(start=desk.start, now=desk.now + timedelta(minutes=minutes)) == closed

    async def test_a_ticket_does_not_close_over_what_is_just_being_filed(
        self, desk: DeskAtWork, settled: list[Ticket]
    ) -> None:
        said = Message(
            new_id(),
            settled[0].conversation_id,
            Direction.INBOUND,
            "Again.",
            desk.now,
            Delivery.DELIVERED,
            key="fake:1",
        )
        async with desk.start() as uow:
            await uow.conversations.lock(said.conversation_id)
            closing = asyncio.create_task(move_on_due(start=desk.start, now=desk.now))
            await desk.done_or_waiting(closing)
            await uow.messages.add(said)
        assert await closing == 3
        assert await status(desk, settled[0]) == "done"
