"""The part of the desk by which people work on tickets together. `ticketing/desk.py` is the whole of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ticketing.collaboration.choosing import (
    Everybody,
    assignable,
    everybody,
    known_tags,
    linkable,
    members,
    mergeable,
)
from ticketing.collaboration.colleague import Colleague
from ticketing.collaboration.due import set_due
from ticketing.collaboration.duplicates import Likely
from ticketing.collaboration.hand_off import hand_off
from ticketing.collaboration.likeness import likely_duplicates
from ticketing.collaboration.link import Linked, LinkKind
from ticketing.collaboration.linking import link, links, unlink
from ticketing.collaboration.merge import TicketMergePreview
from ticketing.collaboration.merging import merge_tickets, preview_ticket_merge, unmerge_ticket
from ticketing.collaboration.overview import Overview, overview
from ticketing.collaboration.owner import set_owner
from ticketing.collaboration.tags import tag
from ticketing.collaboration.watcher import Watcher
from ticketing.collaboration.watching import unwatch, watch, watchers
from ticketing.part import Part
from ticketing.people.permissions import Act
from ticketing.people.person import Person
from ticketing.playbook.playbook import SavedReply
from ticketing.tickets.card import TicketName
from ticketing.tickets.change_many import MovedRow, Progress, change_status_many
from ticketing.tickets.saved_reply import fill_saved_reply, saved_replies
from ticketing.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Teamwork(Part):
    """Every method is one transaction, but that for many tickets, and raises leaves of Refused."""

    async def watch(self, ticket_id: UUID, *, by: Person, person: UUID | None = None, team: UUID | None = None) -> None:
        """A person or a team watches it from now on; neither: whoever asks."""
        await watch(ticket_id, by=by, person=person, team=team, uow=self.start(), now=self.clock())

    async def unwatch(self, ticket_id: UUID, *, by: Person, who: UUID | None = None) -> None:
        """`who` is a person or a team; None: whoever asks."""
        await unwatch(ticket_id, by=by, who=who, uow=self.start(), now=self.clock())

    async def watchers(self, ticket_id: UUID, *, by: Person) -> Sequence[Watcher]:
        return await watchers(ticket_id, by=by, uow=self.start())

    async def tag(self, ticket_id: UUID, *, add: Iterable[str] = (), remove: Iterable[str] = (), by: Person) -> Ticket:
        """Raises TagRefused."""
        return await tag(ticket_id, add=add, remove=remove, by=by, uow=self.start(), now=self.clock())

    async def set_due(self, ticket_id: UUID, due: datetime | None, *, by: Person, seen: int | None = None) -> Ticket:
        """Promise it for `due`, or take the promise back. Raises DueRefused, ChangedMeanwhile."""
        return await set_due(ticket_id, due, by=by, seen=seen, uow=self.start(), now=self.clock())

    async def set_owner(
        self,
        ticket_id: UUID,
        *,
        person: UUID | None = None,
        team: UUID | None = None,
        by: Person,
        seen: int | None = None,
    ) -> Ticket:
        """Who is accountable: a person, or a team; neither: nobody. Raises ChangedMeanwhile."""
        uow, now = self.start(), self.clock()
        return await set_owner(ticket_id, person=person, team=team, by=by, seen=seen, uow=uow, now=now)

    async def hand_off(
        self,
        ticket_id: UUID,
        team: UUID,
        *,
        to: UUID | None = None,
        by: Person,
        note: str = "",
        request: str | None = None,
        seen: int | None = None,
    ) -> Ticket:
        """The ticket is that team's, and `to`'s of that team, or nobody's; the `note` is a comment, once a `request`.

        Raises HandOffRefused, TextRefused, ChangedMeanwhile.
        """
        uow, now = self.start(), self.clock()
        return await hand_off(ticket_id, team, to=to, by=by, note=note, request=request, seen=seen, uow=uow, now=now)

    async def link(self, origin: UUID, kind: LinkKind, target: UUID, *, by: Person) -> None:
        """`origin` relates to, duplicates, blocks, or is the parent of `target`. Raises LinkRefused."""
        await link(origin, kind, target, by=by, uow=self.start(), now=self.clock())

    async def unlink(self, origin: UUID, kind: LinkKind, target: UUID, *, by: Person) -> None:
        await unlink(origin, kind, target, by=by, uow=self.start(), now=self.clock())

    async def links(self, ticket_id: UUID, *, by: Person) -> Sequence[Linked]:
        return await links(ticket_id, by=by, uow=self.start())

    async def preview_ticket_merge(self, survivor: UUID, absorbed: UUID, *, by: Person) -> TicketMergePreview:
        """What `merge_tickets` would do. Raises TicketMergeRefused."""
        return await preview_ticket_merge(survivor, absorbed, by=by, uow=self.start())

    async def merge_tickets(
        self, survivor: UUID, absorbed: UUID, *, by: Person, seen: tuple[int, int] | None = None
    ) -> Ticket:
        """The one goes on in the other. `seen`: of the preview. Raises TicketMergeRefused, ChangedMeanwhile."""
        return await merge_tickets(survivor, absorbed, by=by, seen=seen, uow=self.start(), now=self.clock())

    async def unmerge_ticket(self, absorbed: UUID, *, by: Person) -> Ticket:
        """It stands for itself again, as it was."""
        return await unmerge_ticket(absorbed, by=by, uow=self.start(), now=self.clock())

    async def likely_duplicates(self, ticket_id: UUID, *, by: Person) -> Sequence[Likely]:
        """Tickets of its customer that are likely the same issue, each with the reason."""
        return await likely_duplicates(ticket_id, by=by, uow=self.start())

    async def overview(self, ticket_id: UUID, *, by: Person, to: Act | None = None) -> Overview:
        """What people have arranged around it. `to`: what `by` is about to do. Raises PermissionRefused, TicketIs…"""
        return await overview(ticket_id, by=by, to=to, uow=self.start())

    async def assignable(self, ticket_id: UUID, said: str, *, by: Person) -> Sequence[Colleague]:
        """These six are for menus: what there is to choose, by what has been typed so far."""
        return await assignable(ticket_id, said, by=by, uow=self.start())

    async def members(self, ticket_id: UUID, team: UUID, said: str, *, by: Person) -> Sequence[Colleague]:
        return await members(ticket_id, team, said, by=by, uow=self.start())

    async def everybody(self, ticket_id: UUID, said: str, *, by: Person) -> Everybody:
        return await everybody(ticket_id, said, by=by, uow=self.start())

    async def known_tags(self, said: str, *, by: Person) -> Sequence[str]:
        return await known_tags(said, by=by, uow=self.start())

    async def linkable(self, ticket_id: UUID, said: str, *, by: Person) -> Sequence[TicketName]:
        return await linkable(ticket_id, said, by=by, uow=self.start())

    async def mergeable(self, ticket_id: UUID, said: str, *, by: Person) -> Sequence[Likely]:
        return await mergeable(ticket_id, said, by=by, uow=self.start())

    async def saved_replies(self, ticket_id: UUID, *, by: Person) -> Sequence[SavedReply]:
        """The playbook's, for whoever answers about this ticket."""
        return await saved_replies(ticket_id, by=by, uow=self.start())

    async def fill_saved_reply(self, ticket_id: UUID, key: str, *, by: Person) -> str:
        """Its words with everything filled in, to be looked at before they are sent. Raises ReplyIncomplete."""
        return await fill_saved_reply(ticket_id, key, by=by, uow=self.start(), now=self.clock())

    async def change_status_many(
        self, ids: Sequence[UUID], to: str, *, by: Person, note: str = "", progress: Progress | None = None
    ) -> list[MovedRow]:
        """Each in a transaction of its own; one row for each, in order, with what became of it."""
        return await change_status_many(
            ids, to, by=by, note=note, progress=progress, start=self.start, clock=self.clock
        )
