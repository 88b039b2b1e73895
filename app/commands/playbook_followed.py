"""How far tickets have followed a version of the playbook: in words, and with a bar for who waits."""

import asyncio
from collections.abc import Sequence

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from app.services import Services
from app.terminal import inert
from ticketing.playbook.version import Migration, Version

_LOOK_EVERY = 0.5  # seconds

Followed = tuple[Version, Migration | None]


async def wait_for_tickets(made: Services, version: int, *, quiet: bool) -> None:
    """Until every ticket follows this version; a worker has to run. Ending it ends only the waiting."""
    with Progress(console=Console(stderr=True), transient=True, disable=quiet) as bar:
        task = bar.add_task("Tickets follow", total=None)
        while (found := await _migration(made, version)) is not None and found.ended_at is None:
            bar.update(task, total=max(found.tickets, found.moved), completed=found.moved)
            await asyncio.sleep(_LOOK_EVERY)
    if not quiet:
        typer.echo(f"Tickets moved: {in_words(found)}.")


async def _migration(made: Services, version: int) -> Migration | None:
    async with made.start() as uow:
        return await uow.versions.migration(version)


async def all_versions(made: Services) -> Sequence[Followed]:
    """The newest first."""
    async with made.start() as uow:
        numbers = range(await uow.versions.newest(), 0, -1)
        return [(await uow.versions.get(number), await uow.versions.migration(number)) for number in numbers]


def tell_versions(found: Sequence[Followed]) -> None:
    table = Table("Version", "Name", "Applied (UTC)", "By", "Tickets moved")
    for each, followed in found:
        when = f"{each.applied_at:%Y-%m-%d %H:%M}"
        table.add_row(str(each.number), inert(each.name), when, inert(each.by.name), in_words(followed))
    Console().print(table, markup=False)


def in_words(followed: Migration | None) -> str:
    """ "450", once all follow; "200 of 450, under way"."""
    if followed is None:
        return "not known"
    if followed.ended_at is not None:
        return f"{followed.moved:,}"
    return f"{followed.moved:,} of {max(followed.tickets, followed.moved):,}, under way"


def data_of(version: Version, followed: Migration | None) -> dict[str, object]:
    told: dict[str, object] = {
        "version": version.number,
        "name": version.name,
        "applied_at": version.applied_at.isoformat(),
        "by": version.by.name,
    }
    if followed is not None:
        ended = followed.ended_at.isoformat() if followed.ended_at else None
        told |= {"tickets": followed.tickets, "moved": followed.moved, "all_follow_since": ended}
    return told
