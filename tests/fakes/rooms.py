"""A `bot.ports.Rooms` in memory. Held to `tests/storage/test_rooms_contract.py` like the one over PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from core.errors import NotFound, Throttled
from ticketing.tickets.card import RoomEntry, Run, Shown, TicketCard


@dataclass
class _Room:
    card: TicketCard
    channel: str | None
    ts: str | None = None
    digest: str | None = None
    posting_since: datetime | None = None
    held_by: Run | None = None
    held_until: datetime | None = None
    again: bool = False
    entries: dict[UUID, RoomEntry] = field(default_factory=dict)
    due: set[UUID] = field(default_factory=set)


class FakeRooms:
    """Tickets are put in with `put`, things to show with `add_entry`; everything else is the port."""

    def __init__(self) -> None:
        self._rooms: dict[UUID, _Room] = {}
        self.users: dict[str, str] = {}

    def put(self, card: TicketCard, *, channel: str | None) -> None:
        """A ticket, or how it looks now."""
        known = self._rooms.get(card.ticket_id)
        if known is None:
            self._rooms[card.ticket_id] = _Room(card, channel)
        else:
            known.card = card

    def add_entry(self, entry: RoomEntry) -> None:
        """Something to show in the thread, or to show anew."""
        room = self._rooms[entry.ticket_id]
        known = room.entries.get(entry.id)
        if known is not None:
            entry = replace(entry, slack_ts=known.slack_ts, posting=known.posting)
        room.entries[entry.id] = entry
        room.due.add(entry.id)

    def hand_over(self, ticket_id: UUID, run: Run, *, until: datetime) -> None:
        """Another run has taken it, because the one before overstayed."""
        self._rooms[ticket_id].held_by, self._rooms[ticket_id].held_until = run, until

    def where(self, ticket_id: UUID) -> str | None:
        return self._rooms[ticket_id].ts

    async def take(self, ticket_id: UUID, /, *, run: Run, now: datetime, until: datetime) -> Shown | None:
        room = self._room(ticket_id)
        if room.held_by is not None and room.held_until is not None and room.held_until >= now:
            room.again = True
            if room.held_by.job == run.job:
                wait = (room.held_until - now).total_seconds()
                raise Throttled("Another run of this job has it.", retry_after=wait + 0.1)
            return None
        room.held_by, room.held_until, room.again = run, until, False
        shown = Shown(ticket_id, room.channel, room.ts, room.digest, room.posting_since)
        if room.ts is None and room.posting_since is None:
            room.posting_since = now
        return shown

    async def renew(self, ticket_id: UUID, /, *, run: Run, until: datetime) -> bool:
        room = self._room(ticket_id)
        if room.held_by != run:
            return False
        room.held_until = until
        return True

    async def release(self, ticket_id: UUID, /, *, run: Run) -> bool:
        room = self._room(ticket_id)
        if room.held_by != run:
            return True
        room.held_by = room.held_until = None
        again, room.again = room.again, False
        return again

    async def card(self, ticket_id: UUID) -> TicketCard:
        return self._room(ticket_id).card

    async def card_shown(
        self, ticket_id: UUID, /, *, run: Run, channel: str, ts: str, digest: str, now: datetime
    ) -> bool:
        room = self._room(ticket_id)
        if room.held_by != run or (room.ts != ts and room.posting_since is None):
            return False
        room.channel, room.ts, room.digest, room.posting_since = channel, ts, digest, None
        return True

    async def card_lost(self, ticket_id: UUID, /, *, run: Run) -> None:
        room = self._room(ticket_id)
        if room.held_by != run:
            return
        room.ts = room.digest = room.posting_since = None
        for entry in room.entries.values():
            room.entries[entry.id] = replace(entry, slack_ts=None, posting=False)
        room.due.update(room.entries)

    async def begin_entries(self, ticket_id: UUID, *, now: datetime) -> Sequence[RoomEntry]:
        room = self._room(ticket_id)
        due = [entry for entry in room.entries.values() if entry.id in room.due or entry.posting]
        room.due.clear()
        for entry in due:
            room.entries[entry.id] = replace(entry, posting=True)
        return sorted(due, key=lambda entry: (entry.at, entry.id))

    async def entries_lost(self, entry_ids: Sequence[UUID], *, run: Run) -> None:
        for room in self._held_by(run):
            for entry_id in room.entries.keys() & set(entry_ids):
                room.entries[entry_id] = replace(room.entries[entry_id], posting=False)
                room.due.add(entry_id)

    async def entry_shown(self, entry_id: UUID, *, run: Run, ts: str) -> None:
        for room in self._held_by(run):
            if entry_id in room.entries:
                room.entries[entry_id] = replace(room.entries[entry_id], slack_ts=ts, posting=False)

    async def ticket_at(self, channel: str, thread_ts: str) -> UUID | None:
        for ticket_id, room in self._rooms.items():
            if (room.channel, room.ts) == (channel, thread_ts):
                return ticket_id
        return None

    async def email_of(self, slack_user: str) -> str | None:
        return self.users.get(slack_user)

    async def remember_user(self, slack_user: str, email: str, *, now: datetime) -> None:
        self.users[slack_user] = email

    def _held_by(self, run: Run) -> list[_Room]:
        return [room for room in self._rooms.values() if room.held_by == run]

    def _room(self, ticket_id: UUID) -> _Room:
        if ticket_id not in self._rooms:
            raise NotFound(f"There is no ticket {ticket_id}.")
        return self._rooms[ticket_id]
