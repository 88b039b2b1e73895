"""`threadline playbook dry-run`: the past read and tried, with a bar that shows how far it is."""

from rich.console import Console
from rich.progress import Progress

from storage.database import Database
from storage.past import past_tickets
from storage.playbooks import Playbooks
from storage.work.people import People
from storage.work.versions import Versions
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.rehearsal import Rehearsal
from ticketing.playbook.succession import MappingMissing, Wanted, succeed


async def rehearse(
    dsn: str, after: Playbook, wanted: Wanted, last: int, *, quiet: bool = True
) -> tuple[Rehearsal, str | None]:
    """What it found; and what is missing in the mapping, in words."""
    database, playbooks = Database(dsn, size=1), Playbooks()
    try:
        async with database.snapshot() as session:
            standing, before = await Versions(session).standing(), await playbooks.current(session)
            missing = None
            try:
                successors = succeed(before, after, standing, wanted)
            except MappingMissing as refused:
                missing, successors = refused.message, succeed(before, after, standing, wanted, guess=True)
            people = {person.id: person for person in await People(session).all()}
            rehearsal = Rehearsal(before, successors.into(after, version=before.version + 1), people)
            total = min(last, sum(each.tickets for each in standing))
            with Progress(console=Console(stderr=True), transient=True, disable=quiet) as bar:
                task = bar.add_task("Trying", total=total)
                async for page in past_tickets(session, last):
                    for past in page:
                        rehearsal.add(past)
                    bar.advance(task, len(page))
            return rehearsal, missing
    finally:
        await database.close()
