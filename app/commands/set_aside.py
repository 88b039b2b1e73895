"""`threadline email set-aside`: mails that nobody was told of, and why; and to file one after all."""

import asyncio
import json
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.commands.desk import with_desk
from app.run import bring_up_to_date, database
from app.settings import Settings
from app.terminal import inert
from storage.engine import create_engine
from storage.queries.set_aside import Aside, mails_set_aside

_MOST = 200
_NOT_THERE = 1  # exit code


def set_aside(
    file: Annotated[
        int | None, typer.Option("--file", metavar="KEY", help="File this one after all: a person wrote it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of a table.")] = False,
) -> None:
    """Mails that were set aside, because of what they look like: the newest 200 of the last 90 days."""
    if file is not None:
        _file(file)
        return
    found = [_told(each) for each in asyncio.run(_read())]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    if not found:
        typer.echo("Nothing was set aside.")
        return
    table = Table("Key", "When (UTC)", "From", "Subject", "Why")
    for each in found:
        table.add_row(*(inert(str(cell)) for cell in each.values()))
    Console().print(table, markup=False)
    typer.echo("A person's? threadline email set-aside --file KEY")


def _file(key: int) -> None:
    if not with_desk(lambda desk: desk.file_by_hand(key)):
        typer.echo(f"threadline: nothing is set aside as {key}. `threadline email set-aside` lists what is.", err=True)
        raise typer.Exit(_NOT_THERE)
    typer.echo(f"{key} is being filed as a person's. If it names nobody who could be answered, it comes back here.")


def _told(aside: Aside) -> dict[str, object]:
    from connectors.email import read  # slow to load

    mail = read(aside.head)
    sender = next((each.address or each.name for each in mail.sender if each.address or each.name), "")
    at = f"{aside.at:%Y-%m-%d %H:%M}"
    return {"key": aside.event, "at": at, "from": sender, "subject": mail.subject, "why": aside.why}


async def _read() -> Sequence[Aside]:
    async with database(Settings()) as dsn:
        await bring_up_to_date(dsn)
        engine = create_engine(dsn, size=1)
        try:
            return await mails_set_aside(engine, "email", most=_MOST)
        finally:
            await engine.dispose()
