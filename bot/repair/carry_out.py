"""Does what the plan says, one step after the other. Each step stands alone: what is interrupted is planned again.

Every step looks first whether what the plan saw is still so, for workers show cards meanwhile. What is shown is shown
by what they call too, under its lease; here it is only told what it may no longer believe.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.client import Slack
from bot.refusals import CardGone
from bot.repair.decks import Deck, Decks
from bot.repair.patience import patiently
from bot.repair.plan import Kind, Step
from bot.views.moved_card import moved_card
from bot.wire import comment_source, moved_mark
from core.errors import AccountRefused, ChannelError, ChannelUnavailable, MessageRefused
from ticketing.tickets.card import repair_job


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was taken; `problem` says in words why it could not be."""

    step: Step
    problem: str | None = None


async def carry_out(steps: Sequence[Step], decks: Decks, client: Slack) -> AsyncIterator[Done]:
    """Yields each step as it is done. Raises ChannelUnavailable when Slack stays away."""
    for step in steps:
        hand = _Hand(step, decks[step.of.owner], client, repair_job())
        try:
            await patiently(hand.take)
        except ChannelUnavailable:
            raise
        except ChannelError as error:
            yield Done(step, error.message)
        else:
            yield Done(step)


@dataclass(frozen=True, slots=True)
class _Hand:
    step: Step
    deck: Deck
    client: Slack
    job: str  # the same at every try: the next one finds what the one before came to

    async def take(self) -> None:
        """Take the step. Safe to repeat."""
        step, of, repairs = self.step, self.step.of, self.deck.repairs
        if step.kind is Kind.DELETE:
            await self._delete()
            return
        if step.kind is Kind.UPDATE:
            await repairs.doubt_card(of.id)
        elif step.kind is Kind.THREAD:
            await repairs.entries_gone(of.id, step.gone)
        elif step.kind is Kind.ADOPT:
            await self._adopt()
        elif of.channel is not None and of.ts is not None:
            if step.kind is Kind.MOVE:
                await self._leave_word(of.channel, of.ts)
            await repairs.forget_card(of.channel, of.ts)
        await self.deck.show(of.id, self.job)

    async def _delete(self) -> None:
        channel, ts = self.step.channel, self.step.ts
        assert ts is not None
        if await self.deck.owner_at(channel, ts) is None:  # else it has become the card meanwhile
            with suppress(CardGone):
                await self.client.delete(channel, ts)

    async def _adopt(self) -> None:
        """What an earlier attempt left in Slack, or a restored database has forgotten, is the card again."""
        channel, ts = self.step.channel, self.step.ts
        assert ts is not None
        posts = [message async for message in self.client.replies(channel, ts)]
        await self.deck.repairs.adopt_card(
            self.step.of.id,
            channel=channel,
            instead_of=self.step.of.ts,
            since=datetime.fromtimestamp(float(ts), UTC),
            comments={comment_source(channel, str(message["ts"])) for message in posts},
        )

    async def _leave_word(self, channel: str, ts: str) -> None:
        """The old card says where it went, if Slack lets it: an archived channel stays as it is."""
        of = self.step.of
        text, blocks = moved_card(of.owner, of.name, self.step.channel)
        with suppress(AccountRefused, MessageRefused):
            await self.client.update(channel, ts, text, blocks, metadata=moved_mark(of.owner, of.id))
