"""Live tickets are held to another playbook, many in a transaction, whatever one of them is like."""

import pytest

from storage.unit_of_work import SqlUnitOfWork
from tests.playbooks import promising
from tests.storage.desk import DeskAtWork
from tests.storage.test_service_levels import level_of, opened
from ticketing.sla.hold import hold_all


async def test_after_one_that_cannot_be_held_the_others_are_held_together_again(desk: DeskAtWork) -> None:
    spoilt, mia = await opened(desk, promising("always"))
    others = [await desk.ticket(await desk.customer_writes(sender=f"+155500000{at}"), mia) for at in range(10, 14)]
    await desk.rows_changed(
        "UPDATE service_level SET clocks = jsonb_set(clocks, '{resolution}', '{}') WHERE ticket_id = :ticket",
        ticket=spoilt.id,
    )
    desk.follow(promising("office", version=4))
    begun = 0

    def start() -> SqlUnitOfWork:
        nonlocal begun
        begun += 1
        return desk.start()

    with pytest.raises(ExceptionGroup):
        await hold_all(4, 0, start=start, clock=desk.clock, together=4)
    assert [(await level_of(desk, each.id)).playbook for each in others] == [4] * 4
    assert begun == 4  # all of them, the one alone, the others, and nothing after them
