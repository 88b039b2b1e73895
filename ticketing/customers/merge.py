"""Two customers who are one: merged by an agent who saw what it does, and undone as exactly (SPEC 1.1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from core.ids import new_id
from ticketing.activity.record import Record, Stream, Value
from ticketing.customers.customer import Customer, Identity, Merge, Reason
from ticketing.customers.merging import Conflict, combine, separate
from ticketing.people.actor import Actor
from ticketing.people.permissions import Act, require
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import CustomerChanged


class MergeRefused(Refused):
    """These customers cannot be merged, or this merge not be undone, as things stand."""


class CustomerChangedMeanwhile(Refused):
    """Somebody else changed one of the customers after they were looked at."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The versions of the two customers that somebody looked at before deciding."""

    survivor: int
    absorbed: int


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would do."""

    survivor: Customer
    absorbed: Customer
    identities: tuple[Identity, ...]  # that would move
    conversations: int
    tickets: int
    filled: tuple[str, ...]  # attributes that the survivor would get
    conflicts: tuple[Conflict, ...]

    @property
    def seen(self) -> Seen:
        return Seen(self.survivor.version, self.absorbed.version)


async def preview_merge(survivor_id: UUID, absorbed_id: UUID, *, by: Actor, uow: UnitOfWork) -> MergePreview:
    """Changes nothing. Raises MergeRefused, PermissionRefused, NotFound."""
    async with uow:
        require(by, Act.MERGE_CUSTOMERS)
        survivor, absorbed = await uow.customers.get(survivor_id), await uow.customers.get(absorbed_id)
        _require_two(survivor, absorbed)
        identities = await uow.customers.identities(absorbed_id)
        addresses = await _addresses(survivor, absorbed, uow)
        combined = combine(survivor, absorbed, addresses=addresses)
        counted = await uow.customers.count_belongings(absorbed_id)
        return MergePreview(
            survivor,
            absorbed,
            tuple(identities),
            counted.conversations,
            counted.tickets,
            tuple(combined.filled),
            combined.conflicts,
        )


async def merge(
    survivor_id: UUID, absorbed_id: UUID, *, by: Actor, seen: Seen | None = None, uow: UnitOfWork, now: datetime
) -> Merge:
    """Everything of the absorbed customer's becomes the survivor's.

    Raises MergeRefused, CustomerChangedMeanwhile, PermissionRefused, NotFound.
    """
    async with uow:
        require(by, Act.MERGE_CUSTOMERS)
        await uow.customers.hold_merges()
        both = {each.id: each for each in await uow.customers.lock({survivor_id, absorbed_id})}
        survivor, absorbed = both[survivor_id], both[absorbed_id]
        _require_two(survivor, absorbed)
        if seen is not None and seen != Seen(survivor.version, absorbed.version):
            raise CustomerChangedMeanwhile("Somebody has just changed one of the two customers: look again.")
        return await absorb(survivor, absorbed, Reason.AGENT, by=by, uow=uow, now=now)


async def absorb(
    survivor: Customer, absorbed: Customer, reason: Reason, *, by: Actor, uow: UnitOfWork, now: datetime
) -> Merge:
    """Inside a transaction that holds merges and has locked both customers."""
    addresses = await _addresses(survivor, absorbed, uow)
    combined = combine(survivor, absorbed, addresses=addresses)
    belongings = await uow.customers.belongings(absorbed.id)
    tickets = await uow.customers.move(belongings, survivor.id)
    done = Merge(
        new_id(),
        survivor.id,
        absorbed.id,
        reason,
        by.person.id if by.person else None,
        by.name,
        now,
        belongings.identities,
        belongings.conversations,
        tuple(tickets),
        combined.before,
        combined.filled,
    )
    await uow.customers.save(combined.customer)
    await uow.customers.save(replace(absorbed, merged_into=survivor.id, version=absorbed.version + 1))
    await uow.customers.add_merge(done)
    await _record("customer.merged", done, {"reason": reason.value, "filled": sorted(combined.filled)}, by, uow, now)
    uow.emit(CustomerChanged(customer_id=survivor.id, at=now))
    return done


async def undo_merge(merge_id: UUID, *, by: Actor, uow: UnitOfWork, now: datetime) -> Merge:
    """Everything that came with the absorbed customer goes back, with what was added to it since.

    Undone already: nothing happens. Raises MergeRefused (a newer merge stands on it, or their tickets are merged),
    PermissionRefused, NotFound.
    """
    async with uow:
        require(by, Act.MERGE_CUSTOMERS)
        await uow.customers.hold_merges()
        done = await uow.customers.get_merge(merge_id)
        if done.undone_at is not None:
            return done
        both = {each.id: each for each in await uow.customers.lock({done.survivor_id, done.absorbed_id})}
        survivor, absorbed = both[done.survivor_id], both[done.absorbed_id]
        if (newer := await uow.customers.merge_under(survivor.id)) is not None:
            raise MergeRefused(
                f"{newer.by_name} has merged the resulting customer into another one since "
                f"({newer.at:%Y-%m-%d %H:%M} UTC): undo that merge first."
            )
        belongings = await uow.customers.belongings(survivor.id, done.identities)
        tickets = await uow.customers.move(belongings, absorbed.id)
        await _require_tickets_apart(tickets, uow)
        await uow.customers.save(separate(survivor, done))
        await uow.customers.save(replace(absorbed, merged_into=None, version=absorbed.version + 1))
        await uow.customers.undo_merge(merge_id, by=by.name, at=now)
        back = replace(done, conversations=belongings.conversations, tickets=tuple(tickets))
        await _record("customer.merge_undone", back, {}, by, uow, now)
        for customer_id in (survivor.id, absorbed.id):
            uow.emit(CustomerChanged(customer_id=customer_id, at=now))
        return replace(back, undone_at=now, undone_by=by.name)


async def _require_tickets_apart(tickets: Sequence[UUID], uow: UnitOfWork) -> None:
    """Else what one customer wrote would stand on the other one's ticket."""
    if across := await uow.merges.across(tickets):
        merged, into = across[0]
        raise MergeRefused(
            f"Ticket #{merged} has been merged into #{into} since, and they would be of two customers: part these "
            "tickets first."
        )


def _require_two(survivor: Customer, absorbed: Customer) -> None:
    if survivor.id == absorbed.id or survivor.id == absorbed.merged_into or absorbed.id == survivor.merged_into:
        raise MergeRefused("These are one customer already.")
    for each in (survivor, absorbed):
        if each.merged_into is not None:
            raise MergeRefused(f"{each.name} has been merged into another customer: merge that one.")


async def _addresses(survivor: Customer, absorbed: Customer, uow: UnitOfWork) -> Sequence[str]:
    return [i.address for each in (survivor, absorbed) for i in await uow.customers.identities(each.id)]


async def _record(kind: str, done: Merge, more: dict[str, Value], by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """In both customers' streams, in the order of their ids."""
    what: dict[str, Value] = more | {
        "merge": str(done.id),
        "survivor": str(done.survivor_id),
        "absorbed": str(done.absorbed_id),
        "identities": [str(each) for each in done.identities],
        "conversations": [str(each) for each in done.conversations],
        "tickets": len(done.tickets),
    }
    for customer_id in sorted((done.survivor_id, done.absorbed_id)):
        await uow.activity.append(Stream("customer", customer_id), [Record(kind, by, now, {}, what)])
