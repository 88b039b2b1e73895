"""A batch of customers from a file becomes customers of the desk: known ones are changed, others made (SPEC 1.11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.ids import new_id
from ticketing.activity.record import Record, Stream
from ticketing.customers.attributes import AttributeRefused, change
from ticketing.customers.customer import Customer
from ticketing.customers.import_file import ImportLine, LineError
from ticketing.people.actor import Actor
from ticketing.people.permissions import Act, require
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import CustomerChanged


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a batch."""

    made: int
    changed: int
    unchanged: int
    errors: tuple[LineError, ...]


async def import_batch(
    lines: Sequence[ImportLine], *, by: Actor, dry_run: bool, uow: UnitOfWork, now: datetime
) -> Imported:
    """One transaction. The same lines again change nothing. `dry_run`: it only says what would happen."""
    batch = _Batch(by, now, dry_run=dry_run)
    async with uow:
        require(by, Act.CHANGE_CUSTOMER)
        await batch.run(lines, uow)
    unchanged = len(lines) - batch.made - batch.changed - len(batch.errors)
    return Imported(batch.made, batch.changed, unchanged, tuple(batch.errors))


class _Batch:
    def __init__(self, by: Actor, now: datetime, *, dry_run: bool) -> None:
        self._by, self._now, self._dry_run = by, now, dry_run
        self.made = self.changed = 0
        self.errors: list[LineError] = []

    async def run(self, lines: Sequence[ImportLine], uow: UnitOfWork) -> None:
        await uow.customers.hold_merges()  # nobody makes or merges the same customers meanwhile
        owners = await uow.customers.owners([address for line in lines for address in line.addresses])
        customers = {each.id: each for each in await uow.customers.lock(set(owners.values()))}
        new: list[tuple[Customer, ImportLine]] = []
        for line in lines:
            mine = {owners[address] for address in line.addresses if address in owners}
            if len(mine) > 1:
                pair = " ".join(str(each) for each in sorted(mine)[:2])
                words = f"Its addresses are two customers: merge them with `threadline customers merge {pair}` first."
                self.errors.append(LineError(line.line, "", words))
            elif mine:
                await self._change(customers[mine.pop()], line, owners, uow)
            else:
                new.append((self._new(line), line))
        self.made += len(new)
        if self._dry_run:
            return
        await uow.customers.add_all([(made, line.addresses) for made, line in new])
        for made, line in new:
            record = Record("customer.imported", self._by, self._now, {}, {"attributes": sorted(line.attributes)})
            await uow.activity.append(Stream("customer", made.id), [record], new=True)

    def _new(self, line: ImportLine) -> Customer:
        customer = Customer(new_id(), str(line.attributes.get("name", line.addresses[0][1])), self._now)
        return change(customer, line.attributes, by=self._by, at=self._now).customer

    async def _change(
        self, customer: Customer, line: ImportLine, owners: dict[tuple[str, str], UUID], uow: UnitOfWork
    ) -> None:
        try:
            changed = change(customer, line.attributes, by=self._by, at=self._now)
        except AttributeRefused as refused:  # one more than a customer can have
            self.errors.append(LineError(line.line, refused.attribute, refused.message))
            return
        added = [address for address in line.addresses if address not in owners]
        if changed.record is None and not added:
            return
        self.changed += 1
        if self._dry_run:
            return
        records = [changed.record] if changed.record else []
        if added:
            await uow.customers.add_addresses(customer.id, added)
            records.append(
                Record("customer.address_added", self._by, self._now, {}, {"channels": [c for c, _ in added]})
            )
        if changed.record is not None:
            await uow.customers.save(changed.customer)
            uow.emit(CustomerChanged(customer_id=customer.id, at=self._now))
        await uow.activity.append(Stream("customer", customer.id), records)
