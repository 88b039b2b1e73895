"""`threadline runs`: what the AI did by itself, step by step, and whether people would have done the same."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from app.commands.chosen_run import run_called
from app.commands.runs_told import as_data, lines_of, score_lines
from app.run import bring_up_to_date, database
from app.settings import Settings
from app.terminal import inert
from core.instants import utc_now
from storage.database import Database, Session
from storage.playbooks import Playbooks
from storage.queries.run_lists import ListedRun, RunStory, listed, past, story
from ticketing.resolution.score import Score, score
from ticketing.resolution.shown_steps import lasted

runs = typer.Typer(help="What the AI did by itself, and why.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print data instead of text.")]
_MOST = 20_000  # runs that are scored
_WIDE = 120  # columns


@runs.command("list")
def list_runs(
    kind: Annotated[str | None, typer.Option("--type", help="Of this type of ticket, by its key.")] = None,
    is_open: Annotated[bool, typer.Option("--open", help="Only those that are not over, the oldest first.")] = False,
    as_json: AsJson = False,
) -> None:
    """The newest hundred."""
    found = asyncio.run(_listed(kind, is_open=is_open))
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, default=str))
        return
    if not found:
        typer.echo("No runs." if not is_open else "No run is open. See those that are over without --open.")
        return
    console = Console()
    ids = console.width >= _WIDE  # without room for whole ids a ticket's number is its name
    table = Table(
        "Ticket", "Type", "What", "Autonomy", "State", "Began (UTC)", "Took", box=box.SIMPLE_HEAD, pad_edge=False
    )
    if ids:
        table.add_column("Run", no_wrap=True)
    for each in found:
        row = _row(each)
        table.add_row(*map(inert, (*row, str(each.id)) if ids else row))
    console.print(table, markup=False)
    typer.echo(f"The whole story of one: threadline runs show {found[0].ticket}")


def _row(run: ListedRun) -> tuple[str, ...]:
    what = [(run.recipe or run.action or "").replace("_", " "), str(run.amount) if run.amount is not None else ""]
    began = run.begun_at.astimezone(UTC)
    return (
        f"#{run.ticket}",
        run.type,
        " ".join(filter(None, what)),
        run.autonomy.replace("_", " "),
        run.state.replace("_", " "),
        f"{began.day} {began:%b %H:%M}",
        lasted(run.ended_at - run.begun_at) if run.ended_at is not None else "",
    )


@runs.command("show")
def show(
    run: Annotated[str, typer.Argument(help="As `list` prints it; or a ticket's number: its newest run.")],
    as_json: AsJson = False,
) -> None:
    """The whole story of one: each step with its time, what policy said, what was done, and what came of it."""
    told = asyncio.run(_story(run))
    if as_json:
        typer.echo(json.dumps(asdict(told), ensure_ascii=False, default=str))
        return
    for line in lines_of(told):
        typer.echo(inert(line))


@runs.command("score")
def scored(
    days: Annotated[int, typer.Option(help="Of runs that began in the last so many days.", min=1, max=3650)] = 30,
    as_json: AsJson = False,
) -> None:
    """What the AI would have done in the shadow, or suggested, held against what people did with the same tickets."""
    found = asyncio.run(_scored(utc_now() - timedelta(days=days)))
    if as_json:
        typer.echo(json.dumps([as_data(each) for each in found], ensure_ascii=False, default=str))
        return
    if not found:
        typer.echo(f"The AI worked in the shadow, or suggested, nowhere in the last {days} days.")
        return
    for each in found:
        for line in score_lines(each):
            typer.echo(inert(line))


async def _listed(kind: str | None, *, is_open: bool) -> Sequence[ListedRun]:
    async with _session() as (session, _):
        return await listed(session, of_type=kind, is_open=is_open)


async def _story(run: str) -> RunStory:
    async with _session() as (session, playbooks):
        return await story(session, await run_called(run, session), await playbooks.current(session))


async def _scored(since: datetime) -> list[Score]:
    async with _session() as (session, playbooks):
        recipes = (await playbooks.current(session)).recipes
        return score([each async for each in past(session, since=since, most=_MOST)], recipes)


@asynccontextmanager
async def _session() -> AsyncIterator[tuple[Session, Playbooks]]:
    async with database(Settings()) as dsn:
        await bring_up_to_date(dsn)
        store = Database(dsn, size=1)
        try:
            async with store.snapshot() as session:
                yield session, Playbooks()
        finally:
            await store.close()
