"""The part of the desk by which people keep what is known of customers. `ticketing/desk.py` is the whole of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from ticketing.customers.customer import Custom, Customer, Merge
from ticketing.customers.import_batch import Imported, import_batch
from ticketing.customers.import_file import ImportLine
from ticketing.customers.merge import MergePreview, merge, preview_merge, undo_merge
from ticketing.customers.merge import Seen as SeenCustomers
from ticketing.customers.set_attributes import set_attributes
from ticketing.part import Part
from ticketing.people.actor import acting
from ticketing.people.person import Person


@dataclass(frozen=True, slots=True)
class CustomerCare(Part):
    """Every method is one transaction and raises leaves of Refused, with words for the person."""

    async def set_attributes(
        self, customer_id: UUID, to: Mapping[str, Custom | None], *, by: Person | None = None, seen: int | None = None
    ) -> Customer:
        """Attributes by name; None takes one away. `by` None: at the command line. Raises AttributeRefused."""
        return await set_attributes(customer_id, to, by=acting(by), seen=seen, uow=self.start(), now=self.clock())

    async def import_customers(
        self, lines: Sequence[ImportLine], *, dry_run: bool, by: Person | None = None
    ) -> Imported:
        """One batch of a file, in one transaction."""
        return await import_batch(lines, by=acting(by), dry_run=dry_run, uow=self.start(), now=self.clock())

    async def preview_merge(self, survivor: UUID, absorbed: UUID, *, by: Person | None = None) -> MergePreview:
        """What a merge would do. Raises MergeRefused."""
        return await preview_merge(survivor, absorbed, by=acting(by), uow=self.start())

    async def merge_customers(
        self, survivor: UUID, absorbed: UUID, *, by: Person | None = None, seen: SeenCustomers | None = None
    ) -> Merge:
        """Raises MergeRefused, CustomerChangedMeanwhile."""
        return await merge(survivor, absorbed, by=acting(by), seen=seen, uow=self.start(), now=self.clock())

    async def undo_merge(self, merge_id: UUID, *, by: Person | None = None) -> Merge:
        """Raises MergeRefused: a newer merge stands on it."""
        return await undo_merge(merge_id, by=acting(by), uow=self.start(), now=self.clock())
