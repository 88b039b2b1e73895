"""Which versions of a playbook hold the tickets in flight to something else."""

from tests.playbooks import PROMISES
from tests.storage.desk import DeskAtWork
from tests.storage.versions import WITHOUT, put

HELD = WITHOUT.replace("general_query: {", "general_query: {sla: standard, ") + PROMISES.replace("CALENDAR", "office")
PAUSING = HELD.replace("category: pending}", "category: pending, sla: paused}")


async def test_tickets_are_held_anew_after_every_version_that_promises_something_else_and_after_no_other(
    desk: DeskAtWork,
) -> None:
    async def holds(document: str) -> bool:
        before = (await desk.jobs()).count("PromisesChanged")
        await put(desk, document)
        return (await desk.jobs()).count("PromisesChanged") > before

    assert not await holds(WITHOUT)
    assert await holds(HELD)
    assert not await holds(HELD.replace("Only one", "The only one"))
    assert await holds(HELD.replace("normal: 24h", "normal: 25h"))
    assert await holds(HELD)
    assert await holds(PAUSING)
    assert await holds(PAUSING.replace("09:00-13:00", "08:00-13:00"))
    assert await holds(PAUSING.replace("{sla: standard, ", "{"))
