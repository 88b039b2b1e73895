"""Merge two tickets, look at what that would do, and undo it at any time."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.ids import new_id
from ticketing.activity.record import Record, Value
from ticketing.collaboration.locking import lock_tickets
from ticketing.collaboration.merge import (
    Brought,
    TicketMerge,
    TicketMergePreview,
    TicketMergeRefused,
    absorbed_into,
    fitting,
    parted,
    require_mergeable,
)
from ticketing.conversations.save import other_newest_ticket
from ticketing.people.actor import Actor, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.sla.keep import note
from ticketing.tickets.changes import ChangedMeanwhile
from ticketing.tickets.events import TicketMerged, TicketUnmerged
from ticketing.tickets.ticket import Ticket


async def preview_ticket_merge(
    survivor_id: UUID, absorbed_id: UUID, *, by: Person, uow: UnitOfWork
) -> TicketMergePreview:
    """Changes nothing. Raises as `merge_tickets`."""
    async with uow:
        survivor, absorbed = await _held(survivor_id, absorbed_id, uow)
        await _require_mergeable(survivor, absorbed, by, uow)
        brought = await _brought(survivor, absorbed, uow)
        elsewhere = survivor.conversation_id != absorbed.conversation_id
        return TicketMergePreview(survivor, absorbed, brought, elsewhere)


async def merge_tickets(
    survivor_id: UUID,
    absorbed_id: UUID,
    *,
    by: Person,
    seen: tuple[int, int] | None = None,
    uow: UnitOfWork,
    now: datetime,
) -> Ticket:
    """The one ticket goes on in the other; the survivor as it stands now. Safe to repeat.

    `seen`: the versions that the preview showed. Raises TicketMergeRefused, TicketIsDiscarded, TicketIsMerged,
    ChangedMeanwhile, PermissionRefused, NotFound.
    """
    actor = person_acting(by)
    async with uow:
        survivor, absorbed = await _held(survivor_id, absorbed_id, uow)
        if absorbed.merged_into == survivor.id:  # pressed twice, the first time counted
            return survivor
        await _require_mergeable(survivor, absorbed, by, uow)
        if seen is not None and seen != (survivor.version, absorbed.version):
            raise ChangedMeanwhile("One of the two tickets was changed while this was open. Look at them again.")
        brought = await _brought(survivor, absorbed, uow)
        done = TicketMerge(new_id(), survivor.id, absorbed.id, by.id, by.name, now, brought)
        await uow.merges.add(done)
        await uow.merges.bring(survivor.id, absorbed.id, brought)
        after = replace(survivor.touched(now), tags=(*survivor.tags, *brought.tags))
        gone = absorbed_into(absorbed, survivor, now)
        for each in (after, gone):
            await uow.tickets.save(each)
        await _record("ticket.merged", done, brought, [after, gone], actor, uow, now)
        await _tell([after, absorbed], TicketMerged, uow, now)
        return after


async def unmerge_ticket(absorbed_id: UUID, *, by: Person, uow: UnitOfWork, now: datetime) -> Ticket:
    """It is what it was before, with its own room; what happened meanwhile stays with the survivor, and with whatever
    that was merged into itself.

    Not merged, or undone already: nothing happens. Raises PermissionRefused, NotFound.
    """
    actor = person_acting(by)
    async with uow:
        require(actor, Act.MERGE)
        await uow.merges.hold()
        above = await uow.merges.above(absorbed_id)
        tickets = await lock_tickets({absorbed_id, *(each.survivor_id for each in above)}, uow)
        absorbed = tickets[absorbed_id]
        if not above:
            return absorbed
        await uow.merges.undo(above[0].id, by=by.name, at=now)
        leaving = above[0].brought
        changed = []
        for merge in above:
            leaving = await _kept_for_others(merge, absorbed_id, leaving.shared_with(merge.brought), uow)
            await uow.merges.part(merge.survivor_id, absorbed_id, leaving, by=by.id)
            survivor = tickets[merge.survivor_id]
            changed.append(
                replace(survivor.touched(now), tags=tuple(tag for tag in survivor.tags if tag not in leaving.tags))
            )
            if merge.absorbed_id != absorbed_id:  # it will not take along what is not there any more
                await uow.merges.save(replace(merge, brought=merge.brought.without(leaving)))
        rules = (await uow.playbook()).lifecycle(absorbed.type)
        after = parted(absorbed, rules.status(absorbed.status), now)
        for each in (*changed, after):
            await uow.tickets.save(each)
        await _record("ticket.unmerged", above[0], above[0].brought, [*changed, after], actor, uow, now)
        await _tell([*changed, after], TicketUnmerged, uow, now)
        return after


async def _kept_for_others(merge: TicketMerge, leaving_id: UUID, leaving: Brought, uow: UnitOfWork) -> Brought:
    """What leaves the survivor, without what another ticket merged into it has as well: that one has brought it now."""
    for other in await uow.merges.onto(merge.survivor_id):
        if other.absorbed_id in (leaving_id, merge.absorbed_id):
            continue
        shared = leaving.shared_with(await uow.merges.holdings(other.absorbed_id))
        if shared != Brought():
            await uow.merges.save(replace(other, brought=other.brought.joined_by(shared)))
            leaving = leaving.without(shared)
    return leaving


async def _held(survivor_id: UUID, absorbed_id: UUID, uow: UnitOfWork) -> tuple[Ticket, Ticket]:
    await uow.merges.hold()
    tickets = await lock_tickets({survivor_id, absorbed_id}, uow)
    return tickets[survivor_id], tickets[absorbed_id]


async def _require_mergeable(survivor: Ticket, absorbed: Ticket, by: Person, uow: UnitOfWork) -> None:
    if survivor.merged_into is not None and survivor.id != absorbed.id:
        raise TicketMergeRefused(f"#{survivor.number} has itself been merged into another ticket: merge into that one.")
    answered = await uow.room.has_replies(absorbed.id)
    require_mergeable(survivor, absorbed, by=person_acting(by), answered=answered)


async def _brought(survivor: Ticket, absorbed: Ticket, uow: UnitOfWork) -> Brought:
    have, own = await uow.merges.holdings(absorbed.id), await uow.merges.holdings(survivor.id)
    return fitting(survivor, have.without(own))


async def _tell(
    tickets: Collection[Ticket], kind: type[TicketMerged] | type[TicketUnmerged], uow: UnitOfWork, now: datetime
) -> None:
    """A triage that is being worked out knew other tickets: it is worked out again."""
    for conversation_id in sorted({each.conversation_id for each in tickets}):
        conversation = await uow.conversations.lock(conversation_id)
        await uow.conversations.save(replace(conversation, version=conversation.version + 1))
        await other_newest_ticket(conversation_id, uow=uow, now=now)
    for each in tickets:
        uow.emit(kind(ticket_id=each.id, at=now))


async def _record(
    kind: str,
    merge: TicketMerge,
    brought: Brought,
    tickets: Collection[Ticket],
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """In the streams of all that it touches, in the order of their ids."""
    what: dict[str, Value] = {
        "merge": str(merge.id),
        "survivor": str(merge.survivor_id),
        "absorbed": str(merge.absorbed_id),
        "messages": len(brought.messages),
        "comments": len(brought.comments),
        "watchers": sorted(map(str, brought.watchers)),
        "tags": list(brought.tags),
    }
    for ticket in sorted(tickets, key=lambda each: each.id):
        await note(ticket, [Record(kind, by, now, {}, what)], uow=uow)
