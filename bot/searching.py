"""Looking for cards that earlier attempts may have left in a channel: one look serves everybody who waits for it.

After an outage hundreds of jobs are unsure at once. Each with a look of its own, Slack would be asked for the same
pages hundreds of times, answer more slowly still, and make more of them unsure.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from bot.pacing import Visitor
from bot.wire import Json, card_owner
from core.sharing import SharedRounds

_MOST_AT_ONCE = 1000  # the more the cheaper; so many are never unsure in one process

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

    async def find(self, owner_id: UUID, since: float, visitor: Visitor) -> str | None:
        """The ts of this ticket's or conversation's card, if one was posted since (seconds since 1970).

        Raises what reading raises, as does everybody who waits for the same look.
        """
        return await self._looks.do(_Wanted(owner_id, since, visitor))

    async def _look(self, _: None, wanted: Sequence[_Wanted]) -> Sequence[str | None]:
        missing = {str(each.owner_id) for each in wanted}
        found: dict[str, str] = {}
        first = min(wanted, key=lambda each: each.visitor.rank)
        async for message in self._read(min(each.since for each in wanted), first.visitor):
            owner = card_owner(message)
            if owner in missing and owner not in found:  # the newest, if there were two
                found[owner] = str(message["ts"])
                if len(found) == len(missing):
                    break
        return [found.get(str(each.owner_id)) for each in wanted]


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield None
