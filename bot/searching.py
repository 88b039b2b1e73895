"""Looking for cards that earlier attempts may have left in a channel: one look serves everybody who waits for it.

After an outage hundreds of jobs are unsure at once. Each with a look of its own, Slack would be asked for the same
pages hundreds of times, answer more slowly still, and make more of them unsure. So they look together, and what was
seen once is not read again: a look goes on where the one before it ended.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from bot.pacing import Visitor
from bot.wire import Json, card_seen
from core.sharing import SharedRounds

_MOST_AT_ONCE = 1000  # the more the cheaper; so many are never unsure in one process
_MOST_KEPT = 20_000  # cards remembered; a look further back reads the channel again
_OVERLAP = 10.0  # seconds read twice: Slack need not show a message the very moment that it takes it

Read = Callable[[float, Visitor], AsyncIterator[Json]]  # a channel's messages from an instant on, newest first


@dataclass(frozen=True, slots=True)
class _Wanted:
    owner_id: UUID
    since: float
    visitor: Visitor


class Search:
    """Of one channel, in one process. A look begins after whoever it serves has asked."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._looks: SharedRounds[None, _Wanted, str | None] = SharedRounds(_nothing, self._look, most=_MOST_AT_ONCE)
        self._seen: dict[UUID, str] = {}  # owner -> ts of its newest card, of the time from `_from` to `_until`
        self._from = self._until = 0.0

    async def find(self, owner_id: UUID, since: float, visitor: Visitor) -> str | None:
        """The ts of this ticket's or conversation's card, if one was posted since (seconds since 1970).

        Raises what reading raises, as does everybody who waits for the same look.
        """
        return await self._looks.do(_Wanted(owner_id, since, visitor))

    def forget(self, ts: str) -> None:
        """The card that stood there is gone."""
        self._seen = {owner: its for owner, its in self._seen.items() if its != ts}

    async def _look(self, _: None, wanted: Sequence[_Wanted]) -> Sequence[str | None]:
        since = min(each.since for each in wanted)
        goes_on = self._from <= since <= self._until
        await self._read_on(self._until - _OVERLAP if goes_on else since, min(each.visitor.rank for each in wanted))
        if not goes_on:
            self._from = since
        return [self._card(each) for each in wanted]

    async def _read_on(self, oldest: float, rank: int) -> None:
        newest: dict[UUID, str] = {}
        until = oldest
        async for message in self._read(oldest, Visitor(None, rank)):
            until = max(until, float(message["ts"]))
            if (mark := card_seen(message)) is not None and not mark.moved:
                newest.setdefault(mark.owner_id, str(message["ts"]))
        self._seen |= newest  # only now: a look that breaks off has seen nothing
        self._until = max(until, self._until)
        self._keep_few()

    def _keep_few(self) -> None:
        if len(self._seen) <= _MOST_KEPT:
            return
        kept = sorted(self._seen.items(), key=lambda each: float(each[1]))[-_MOST_KEPT // 2 :]
        self._seen, self._from = dict(kept), float(kept[0][1])

    def _card(self, wanted: _Wanted) -> str | None:
        ts = self._seen.get(wanted.owner_id)
        return ts if ts is not None and float(ts) >= wanted.since else None


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield None
