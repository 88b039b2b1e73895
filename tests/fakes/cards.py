"""Where cards stand, in memory: what the fakes for tickets and conversations share, as their real ones do."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from core.errors import NotFound, Throttled
from ticketing.attachments.attachment import ShownFile
from ticketing.tickets.card import Run, Shown

C = TypeVar("C")
_MOST_REFUSALS = 3


@dataclass
class Place(Generic[C]):
    card: C
    channel: str | None
    ts: str | None = None
    digest: str | None = None
    posting_since: datetime | None = None
    held_by: Run | None = None
    held_until: datetime | None = None
    again: bool = False


P = TypeVar("P", bound=Place[Any])


class FakeCards(Generic[P]):
    """A `bot.ports.Cards` in memory."""

    def __init__(self) -> None:
        self._places: dict[UUID, P] = {}
        self.refusals: Counter[str] = Counter()  # of pictures

    async def take(self, owner_id: UUID, /, *, run: Run, now: datetime, until: datetime) -> Shown | None:
        place = self._place(owner_id)
        if place.held_by is not None and place.held_until is not None and place.held_until >= now:
            place.again = True
            if run.must_wait_for(place.held_by.job):
                wait = (place.held_until - now).total_seconds()
                raise Throttled("Another run of this job has it, or a repair.", retry_after=wait + 0.1)
            return None
        if place.held_by is not None:  # it never let go: nobody knows what it has made of the card
            place.digest = None
        place.held_by, place.held_until, place.again = run, until, False
        shown = Shown(owner_id, place.channel, place.ts, place.digest, place.posting_since)
        if place.ts is None and place.channel is not None and place.posting_since is None:
            place.posting_since = now
        return shown

    async def pictures_refused(self, slack_files: Collection[str], /) -> bool:
        self.refusals.update(slack_files)
        return any(self.refusals[each] < _MOST_REFUSALS for each in slack_files)

    def _without_refused(self, files: tuple[ShownFile, ...]) -> tuple[ShownFile, ...]:
        given_up = {each for each, times in self.refusals.items() if times >= _MOST_REFUSALS}
        return tuple(replace(each, slack_file=None) if each.slack_file in given_up else each for each in files)

    async def renew(self, owner_id: UUID, /, *, run: Run, until: datetime) -> bool:
        place = self._place(owner_id)
        if place.held_by != run:
            return False
        place.held_until = until
        return True

    async def release(self, owner_id: UUID, /, *, run: Run) -> bool:
        place = self._place(owner_id)
        if place.held_by != run:
            return True
        place.held_by = place.held_until = None
        again, place.again = place.again, False
        return again

    async def card_shown(
        self, owner_id: UUID, /, *, run: Run, channel: str, ts: str, digest: str, now: datetime
    ) -> bool:
        place = self._place(owner_id)
        if place.held_by != run or (place.ts != ts and place.posting_since is None):
            return False
        place.channel, place.ts, place.digest, place.posting_since = channel, ts, digest, None
        return True

    async def card_lost(self, owner_id: UUID, /, *, run: Run) -> None:
        place = self._place(owner_id)
        if place.held_by == run:
            place.ts = place.digest = place.posting_since = None

    def _owner_at(self, channel: str, ts: str) -> UUID | None:
        owners = (owner for owner, place in self._places.items() if (place.channel, place.ts) == (channel, ts))
        return next(owners, None)

    def _place(self, owner_id: UUID) -> P:
        if owner_id not in self._places:
            raise NotFound("There is no such ticket or conversation.")
        return self._places[owner_id]
