"""Somebody says what a customer is like: an agent, a file, the API (SPEC 1.11)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from ticketing.activity.record import Stream
from ticketing.customers.attributes import change
from ticketing.customers.customer import Custom, Customer
from ticketing.customers.merge import CustomerChangedMeanwhile, MergeRefused
from ticketing.people.actor import Actor
from ticketing.people.permissions import Act, require
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import CustomerChanged


async def set_attributes(
    customer_id: UUID,
    to: Mapping[str, Custom | None],
    *,
    by: Actor,
    seen: int | None = None,
    uow: UnitOfWork,
    now: datetime,
) -> Customer:
    """Attributes by their names (`attributes.py`); None takes one away. `seen`: the version that was looked at.

    Raises AttributeRefused, CustomerChangedMeanwhile, MergeRefused, PermissionRefused, NotFound.
    """
    async with uow:
        require(by, Act.CHANGE_CUSTOMER)
        (customer,) = await uow.customers.lock({customer_id})
        if customer.merged_into is not None:
            raise MergeRefused(f"{customer.name} has been merged into another customer: change that one.")
        changed = change(customer, to, by=by, at=now)
        if changed.record is None:
            return customer
        if seen is not None and seen != customer.version:
            raise CustomerChangedMeanwhile(f"Somebody has just changed {customer.name}: look again.")
        await uow.customers.save(changed.customer)
        await uow.activity.append(Stream("customer", customer_id), [changed.record])
        uow.emit(CustomerChanged(customer_id=customer_id, at=now))
        return changed.customer
