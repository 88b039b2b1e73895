"""What tests of showing share: rooms in which the process dies or something changes, and what Slack shows."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from bot.client import Slack
from bot.showing import show_ticket
from bot.showing.hold import HOLD, SETTLING
from core.errors import ChannelUnavailable
from emulators.slack import Channel, Workspace, as_text
from tests.bot.cards import NOON, an_entry
from tests.bot.conftest import clock
from tests.fakes.rooms import FakeRooms
from ticketing.tickets.card import RoomEntry, Run, TicketCard

DEAD = HOLD + timedelta(seconds=1)  # nothing was heard of it for so long


SETTLED = SETTLING + timedelta(seconds=1)


class Killed(BaseException):
    """The process dies here. BaseException, as nothing may catch it."""


class Dying(FakeRooms):
    """Rooms of a process that dies when it wants to note what it has posted, and releases nothing."""

    dies_at: str = ""

    async def card_shown(self, ticket_id: UUID, **note: object) -> bool:
        if self.dies_at == "card":
            raise Killed
        return await super().card_shown(ticket_id, **note)  # type: ignore[arg-type]

    async def entry_shown(self, entry_id: UUID, **note: object) -> None:
        if self.dies_at == "entry":
            raise Killed
        await super().entry_shown(entry_id, **note)  # type: ignore[arg-type]

    async def release(self, ticket_id: UUID, /, *, run: Run) -> bool:
        return False if self.dies_at else await super().release(ticket_id, run=run)


class Changing(FakeRooms):
    """While the first job shows a ticket, Mia takes it, and the job for that comes and goes."""

    async def card(self, ticket_id: UUID) -> TicketCard:
        card = await super().card(ticket_id)
        if card.assignee is None:
            self.put(replace(card, assignee="Mia", version=card.version + 1), channel=None)
            now = clock()
            assert await self.take(ticket_id, run=Run("job 2"), now=now, until=now + HOLD) is None
        return card


def an_entry_of(card: TicketCard, **changes: object) -> RoomEntry:
    return an_entry(ticket_id=card.ticket_id, **changes)


async def show(
    card: TicketCard, rooms: FakeRooms, slack: Slack, job: str = "job 1", *, after: timedelta = timedelta()
) -> None:
    await show_ticket(card.ticket_id, job=job, rooms=rooms, client=slack, clock=lambda: clock() + after)


def posts(workspace: Workspace, support: Channel) -> list[str]:
    return [as_text(message) for message in workspace.channel_messages(support)]


class Creeping:
    """A clock on which time passes with every look."""

    def __init__(self, step: timedelta) -> None:
        self.now, self.step = NOON, step

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now


class Stolen:
    """A clock that stands still for so many looks; at the next an hour has gone and another job has come."""

    def __init__(self, rooms: FakeRooms, ticket_id: UUID, *, looks: int = 4) -> None:
        # taking, posting the card, noting it, beginning the entries
        self.rooms, self.ticket_id, self.still, self.looks = rooms, ticket_id, looks, 0

    def __call__(self) -> datetime:
        self.looks += 1
        if self.looks <= self.still:
            return NOON
        later = NOON + timedelta(hours=1)
        self.rooms.hand_over(self.ticket_id, Run("another job"), until=later + timedelta(seconds=30))
        return later


async def show_but_fail_at(
    number: int, card: TicketCard, rooms: FakeRooms, slack: Slack, workspace: Workspace, status: int = 500
) -> None:
    """Run until the number-th post, which fails: 500 as unknown, 429 as not done."""
    for _ in range(number - 1):
        workspace.faults.next("chat.postMessage", delay=0.001)
    workspace.faults.next("chat.postMessage", status=status)
    with pytest.raises(ChannelUnavailable):
        await show(card, rooms, slack)
