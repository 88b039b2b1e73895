"""`threadline doctor --repair`: the clocks of tickets held against their records, put right, and what was done told."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from app.services import Services
from storage.clock_survey import PAGE, look, newest_number
from storage.database import Database
from storage.playbooks import Playbooks
from ticketing.sla.mend import Fault, mend

LATELY = 1_000  # as many of the newest tickets `threadline doctor` looks at
_NAMED = 5  # tickets of a finding

_DONE = {
    Fault.DIFFERENT: "reckoned anew from the record",
    Fault.MISSING: "begun since it was opened",
    Fault.LEFT_OVER: "ended: it counts nowhere any more",
}
_WRONG = {
    Fault.DIFFERENT: "not what the record says",
    Fault.MISSING: "missing",
    Fault.LEFT_OVER: "left over: it counts nowhere any more",
    Fault.UNREADABLE: "unreadable: its record names a playbook or a calendar that is not there",
}


@dataclass(slots=True)
class ClocksRepaired:
    """`steps`: by ticket, in the order of their numbers."""

    dry_run: bool
    looked: int = 0
    steps: list[tuple[int, Fault]] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """What only a person can mend."""
        return [f"#{number}: its clocks are {_WRONG[what]}." for number, what in self.steps if what not in _DONE]

    @property
    def left(self) -> bool:
        return bool(self.problems) or (self.dry_run and bool(self.steps))


async def repair_clocks(made: Services, dsn: str, *, dry_run: bool = False, quiet: bool = True) -> ClocksRepaired:
    """Beside everything else that goes on: each ticket is locked alone, and looked at again. Safe to interrupt."""
    repaired = ClocksRepaired(dry_run)
    database = Database(dsn, size=1)
    try:
        newest = await newest_number(database)
        with Progress(console=Console(stderr=True), transient=True, disable=quiet or newest <= PAGE) as bar:
            task = bar.add_task("Looking at clocks", total=newest)
            async for page in look(database, Playbooks()):
                repaired.looked += page.tickets
                for each in page.doubtful:
                    fault = each.fault if dry_run else await mend(each.ticket_id, uow=made.start(), now=made.clock())
                    if fault is not None:
                        repaired.steps.append((each.number, fault))
                bar.update(task, completed=page.until)
    finally:
        await database.close()
    return repaired


async def doubts_lately(dsn: str) -> str | None:
    """What is wrong with the clocks of the newest tickets, in words; None: nothing is."""
    database = Database(dsn, size=1)
    try:
        after = max(await newest_number(database) - LATELY, 0)
        found = [each.number async for page in look(database, Playbooks(), after=after) for each in page.doubtful]
    finally:
        await database.close()
    if not found:
        return None
    named = ", ".join(f"#{number}" for number in found[:_NAMED]) + (", …" if len(found) > _NAMED else "")
    have = "1 has SLA clocks that are" if len(found) == 1 else f"{len(found)} have SLA clocks that are"
    return f"Of the newest {LATELY:,} tickets, {have} not what the record says: {named}."


def clocks_data(repaired: ClocksRepaired) -> dict[str, Any]:
    steps = [{"ticket": f"#{number}", "what": what} for number, what in _said(repaired)]
    return {"tickets": repaired.looked, "clocks": steps}


def tell_clocks(repaired: ClocksRepaired) -> None:
    console = Console()
    console.print(f"The clocks of {repaired.looked} tickets were held against their records.", highlight=False)
    if steps := list(_said(repaired)):
        table = Table("Ticket", "Its clocks")
        for number, what in steps:
            table.add_row(f"#{number}", escape(what))
        console.print(table)
    else:
        console.print("[green]✓[/] They are what their records say.")


def _said(repaired: ClocksRepaired) -> Iterator[tuple[int, str]]:
    """What was done, or is wrong."""
    for number, fault in repaired.steps:
        yield number, _WRONG[fault] if repaired.dry_run or fault not in _DONE else _DONE[fault]
