"""A `bot.ports.Rooms` in memory. Held to `tests/storage/test_rooms_contract.py` like the one over PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from core.errors import NotFound
from tests.fakes.cards import FakeCards, Place
from ticketing.approvals.shown import ShownApproval
from ticketing.attachments.previews import ListedFile
from ticketing.resolution.shown import ShownRun
from ticketing.sla.shown import URGENT, AtRisk
from ticketing.tickets.card import EarlierWords, RoomEntry, Run, TicketCard


@dataclass
class _Room(Place[TicketCard]):
    entries: dict[UUID, RoomEntry] = field(default_factory=dict)
    due: set[UUID] = field(default_factory=set)


class FakeRooms(FakeCards[_Room]):
    """Tickets are put in with `put`, things to show with `add_entry`; everything else is the port."""

    def __init__(self) -> None:
        super().__init__()
        self.users: dict[str, tuple[str, datetime]] = {}
        self.words: dict[UUID, list[EarlierWords]] = {}

    def put(self, card: TicketCard, *, channel: str | None) -> None:
        """A ticket, or how it looks now."""
        known = self._places.setdefault(card.ticket_id, _Room(card, channel))
        known.card = card

    def add_entry(self, entry: RoomEntry) -> None:
        """Something to show in the thread, or to show anew."""
        room = self._places[entry.ticket_id]
        known = room.entries.get(entry.id)
        if known is not None:
            entry = replace(entry, slack_ts=known.slack_ts, posting=known.posting)
        room.entries[entry.id] = entry
        room.due.add(entry.id)

    def hand_over(self, ticket_id: UUID, run: Run, *, until: datetime) -> None:
        """Another run has taken it, because the one before overstayed."""
        room = self._places[ticket_id]
        room.held_by, room.held_until = run, until

    def where(self, ticket_id: UUID) -> str | None:
        return self._places[ticket_id].ts

    async def at_risk(self, *, most: int) -> Sequence[AtRisk]:
        cards = [room.card for room in self._places.values()]
        late = [(card, tuple(each for each in card.clocks if each.state in URGENT)) for card in cards]
        found = [
            AtRisk(card.number, card.subject, card.priority, card.customer, card.assignee, None, None, clocks)
            for card, clocks in late
            if clocks
        ]
        never = datetime.max.replace(tzinfo=UTC)
        return sorted(found, key=lambda each: min(clock.due_at or never for clock in each.clocks))[:most]

    async def card(self, ticket_id: UUID) -> TicketCard:
        return self._place(ticket_id).card

    async def run(self, run_id: UUID) -> ShownRun:
        raise NotFound(f"There is no run {run_id}.")

    async def approval(self, approval_id: UUID) -> ShownApproval:
        raise NotFound(f"There is no approval {approval_id}.")

    async def card_lost(self, ticket_id: UUID, /, *, run: Run) -> None:
        await super().card_lost(ticket_id, run=run)
        room = self._place(ticket_id)
        if room.held_by == run:
            for entry in room.entries.values():
                room.entries[entry.id] = replace(entry, slack_ts=None, posting=False)
            room.due.update(room.entries)

    async def files(self, ticket_id: UUID, *, most: int) -> Sequence[ListedFile]:
        entries = sorted(self._place(ticket_id).entries.values(), key=lambda entry: (entry.at, entry.id), reverse=True)
        listed = [ListedFile(file, entry.author, entry.at) for entry in entries for file in reversed(entry.attachments)]
        return listed[:most]

    async def begin_entries(self, ticket_id: UUID, *, now: datetime) -> Sequence[RoomEntry]:
        room = self._place(ticket_id)
        due = [entry for entry in room.entries.values() if entry.id in room.due or entry.posting]
        room.due.clear()
        for entry in due:
            room.entries[entry.id] = replace(entry, posting=True)
        shown = [replace(entry, attachments=self._without_refused(entry.attachments)) for entry in due]
        return sorted(shown, key=lambda entry: (entry.at, entry.id))

    async def entries_lost(self, entry_ids: Sequence[UUID], *, run: Run) -> None:
        for room in self._held_by(run):
            for entry_id in room.entries.keys() & set(entry_ids):
                room.entries[entry_id] = replace(room.entries[entry_id], posting=False)
                room.due.add(entry_id)

    async def entry_shown(self, entry_id: UUID, *, run: Run, ts: str) -> None:
        for room in self._held_by(run):
            if entry_id in room.entries and room.entries[entry_id].posting:
                room.entries[entry_id] = replace(room.entries[entry_id], slack_ts=ts, posting=False)

    async def earlier(self, entry_id: UUID) -> Sequence[EarlierWords]:
        return self.words.get(entry_id, [])

    async def ticket_at(self, channel: str, thread_ts: str) -> UUID | None:
        return self._owner_at(channel, thread_ts)

    async def ticket_commented(self, source: str) -> UUID | None:
        return None

    async def email_of(self, slack_user: str, *, since: datetime | None = None) -> str | None:
        email, seen_at = self.users.get(slack_user, (None, None))
        return None if seen_at is None or (since is not None and seen_at < since) else email

    async def remember_user(self, slack_user: str, email: str, *, zone: str | None = None, now: datetime) -> None:
        self.users[slack_user] = email, now

    def _held_by(self, run: Run) -> list[_Room]:
        return [room for room in self._places.values() if room.held_by == run]
