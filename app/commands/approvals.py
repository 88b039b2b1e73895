"""`threadline approvals`: what waits for somebody's agreement, and why something was allowed."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from app.run import bring_up_to_date, database
from app.settings import Settings
from app.terminal import inert
from storage.database import Database
from storage.playbooks import Playbooks
from storage.queries.approvals import Listed, Story, listed, story

approvals = typer.Typer(help="What needed somebody's agreement, and who gave it.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print data instead of a table.")]


@approvals.command("list")
def list_approvals(
    everything: Annotated[bool, typer.Option("--all", help="Those that have ended, too: the newest hundred.")] = False,
    as_json: AsJson = False,
) -> None:
    """Those that wait or were given and not used yet, the oldest first."""
    found = asyncio.run(_listed(everything=everything))
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, default=str))
        return
    if not found:
        typer.echo("No approvals." if everything else "No approval waits. See those that have ended with --all.")
        return
    table = Table("Approval", "Ticket", "What", "Amount", "Asked by", "Asked", "State")
    for each in found:
        asked = f"{each.requested_at:%Y-%m-%d %H:%M}"
        row = (str(each.id), f"#{each.ticket}", each.label, each.amount or "", each.requester, asked, each.state)
        table.add_row(*map(inert, row))
    Console().print(table, markup=False)


@approvals.command("show")
def show(approval_id: Annotated[UUID, typer.Argument(help="As `list` prints it.")], as_json: AsJson = False) -> None:
    """The whole story of one: what was asked, who said what, and what came of it."""
    told = asyncio.run(_story(approval_id))
    if as_json:
        typer.echo(json.dumps(asdict(told), ensure_ascii=False, default=str))
        return
    for line in told.lines():
        typer.echo(inert(line))


async def _listed(*, everything: bool) -> Sequence[Listed]:
    async with database(Settings()) as dsn:
        await bring_up_to_date(dsn)
        store = Database(dsn, size=1)
        try:
            async with store.single() as session:
                return await listed(session, everything=everything)
        finally:
            await store.close()


async def _story(approval_id: UUID) -> Story:
    async with database(Settings()) as dsn:
        await bring_up_to_date(dsn)
        store, playbooks = Database(dsn, size=1), Playbooks()
        try:
            async with store.single() as session:
                return await story(session, approval_id, await playbooks.current(session))
        finally:
            await store.close()
