"""Does what the plan says, one step after the other. Each step stands alone: what is interrupted is planned again.

Every step looks first whether what the plan saw is still so, for workers show tickets meanwhile. What is shown is shown
by `show_ticket`, under its lease; here it is only told what it may no longer believe.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.client import Slack
from bot.ports import Repairs, Rooms
from bot.refusals import CardGone
from bot.repair.patience import patiently
from bot.repair.plan import Kind, Step
from bot.showing import show_ticket
from bot.views.moved_card import moved_card
from bot.wire import comment_source
from core.errors import AccountRefused, ChannelError, ChannelUnavailable, MessageRefused
from core.instants import Clock
from ticketing.tickets.card import repair_job


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was taken; `problem` says in words why it could not be."""

    step: Step
    problem: str | None = None


async def carry_out(
    steps: Sequence[Step], repairs: Repairs, rooms: Rooms, client: Slack, clock: Clock
) -> AsyncIterator[Done]:
    """Yields each step as it is done. Raises ChannelUnavailable when Slack stays away."""
    hand = _Hand(repairs, rooms, client, clock)
    for step in steps:
        job = repair_job()
        try:
            await patiently(lambda s=step, j=job: hand.take(s, j))  # type: ignore[misc]
        except ChannelUnavailable:
            raise
        except ChannelError as error:
            yield Done(step, error.message)
        else:
            yield Done(step)


@dataclass(frozen=True, slots=True)
class _Hand:
    repairs: Repairs
    rooms: Rooms
    client: Slack
    clock: Clock

    async def take(self, step: Step, job: str) -> None:
        """Safe to repeat, by the same job: it finds what the try before came to."""
        if step.kind is Kind.DELETE:
            await self._delete(step)
            return
        ticket = step.ticket
        if step.kind is Kind.UPDATE:
            await self.repairs.doubt_card(ticket.id)
        elif step.kind is Kind.THREAD:
            await self.repairs.entries_gone(ticket.id, step.gone)
        elif step.kind is Kind.ADOPT:
            await self._adopt(step)
        elif ticket.channel is not None and ticket.ts is not None:
            if step.kind is Kind.MOVE:
                await self._leave_word(ticket.number, ticket.channel, ticket.ts, step.channel)
            await self.repairs.forget_card(ticket.channel, ticket.ts)
        await show_ticket(ticket.id, job=job, rooms=self.rooms, client=self.client, clock=self.clock)

    async def _delete(self, step: Step) -> None:
        assert step.ts is not None
        if await self.rooms.ticket_at(step.channel, step.ts) is None:  # else it has become the ticket's card meanwhile
            with suppress(CardGone):
                await self.client.delete(step.channel, step.ts)

    async def _adopt(self, step: Step) -> None:
        """What an earlier attempt left in Slack, or a restored database has forgotten, is the ticket's card again."""
        assert step.ts is not None
        posts = [message async for message in self.client.replies(step.channel, step.ts)]
        await self.repairs.adopt_card(
            step.ticket.id,
            channel=step.channel,
            instead_of=step.ticket.ts,
            since=datetime.fromtimestamp(float(step.ts), UTC),
            comments={comment_source(step.channel, str(message["ts"])) for message in posts},
        )

    async def _leave_word(self, number: int, channel: str, ts: str, gone_to: str) -> None:
        """The old card says where it went, if Slack lets it: an archived channel stays as it is."""
        text, blocks = moved_card(number, gone_to)
        with suppress(AccountRefused, MessageRefused):
            await self.client.update(channel, ts, text, blocks)
