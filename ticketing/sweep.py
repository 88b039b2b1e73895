"""What has come due is dealt with one by one, each in a transaction of its own. Run by the clock."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from ticketing.ports import StartWork, UnitOfWork

MOST_AT_ONCE = 100

Due = Callable[[UnitOfWork, int, int], Awaitable[Sequence[UUID]]]  # without the first so many, so many; not locked
DealWith = Callable[[UUID, UnitOfWork], Awaitable[bool]]  # False: it is not due any more


async def sweep(due: Due, deal_with: DealWith, *, start: StartWork, most: int = MOST_AT_ONCE) -> int:
    """The longest due first; how many were dealt with. Several clocks at once, or one that is killed and begins again,
    deal with each once: `deal_with` locks it and looks again.

    One that fails keeps no other from its turn: what failed is raised in the end, as an ExceptionGroup. Raises at once
    what asking raises.
    """
    dealt_with = 0
    failed: list[Exception] = []
    while True:
        async with start() as uow:
            found = await due(uow, len(failed), most)
        for each in found:
            try:
                dealt_with += await deal_with(each, start())
            except Exception as error:  # whatever it is: it stays due, and is passed over
                failed.append(error)
                break  # and asked anew: where it is the database that failed, that ends it
        else:
            if len(found) < most:
                break
    if failed:
        raise ExceptionGroup(f"{len(failed)} of those that are due could not be dealt with", failed)
    return dealt_with
