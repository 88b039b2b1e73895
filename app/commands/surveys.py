"""`threadline surveys`: what customers said of how we did."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.run import bring_up_to_date, database
from app.settings import Settings
from app.terminal import inert
from core.instants import utc_now
from storage.engine import create_engine
from storage.queries.surveys import Listed, Sum, listed, summed
from ticketing.surveys.survey import ANSWERABLE

surveys = typer.Typer(help="What customers said of how we did.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print data instead of a table.")]


@surveys.command("list")
def list_surveys(as_json: AsJson = False) -> None:
    """The newest surveys: asked, answered, or why not."""
    found, _ = asyncio.run(_read())
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, default=str))
        return
    if not found:
        typer.echo("No surveys yet. Set SURVEY_AFTER_MINUTES to ask customers.")
        return
    table = Table("Ticket", "Customer", "Channel", "Agent", "Team", "State", "Score", "Comment or why not")
    for each in found:
        score = f"{each.score}/5" if each.score else ""
        said = each.comment or each.why or ""
        who = (each.customer, each.channel, each.agent or "nobody", each.team or "")
        table.add_row(*map(inert, (f"#{each.ticket}", *who, each.state, score, said)))
    Console().print(table, markup=False)


@surveys.command("summary")
def summary(as_json: AsJson = False) -> None:
    """How many were asked and answered, the mean score and how the scores are spread, by team and agent."""
    _, sums = asyncio.run(_read())
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in sums], ensure_ascii=False))
        return
    if not sums:
        typer.echo("Nobody was asked yet. Set SURVEY_AFTER_MINUTES to ask customers.")
        return
    table = Table("Team", "Agent", "Asked", "Answered", "Mean", "1", "2", "3", "4", "5")
    for each in sums:
        mean = f"{each.mean:.2f}" if each.mean is not None else ""
        counts = [str(count) for count in each.scores]
        table.add_row(each.team or "none", each.agent or "nobody", str(each.asked), str(each.answered), mean, *counts)
    Console().print(table, markup=False)


async def _read() -> tuple[Sequence[Listed], Sequence[Sum]]:
    async with database(Settings()) as dsn:
        await bring_up_to_date(dsn)
        engine = create_engine(dsn, size=1)
        try:
            return await listed(engine, expired=utc_now() - ANSWERABLE), await summed(engine)
        finally:
            await engine.dispose()
