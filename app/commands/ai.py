"""`threadline ai`: the kill switch, and what the models cost."""

import asyncio
import json
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.commands.desk import with_desk
from app.run import bring_up_to_date, database
from app.settings import Settings
from core.instants import utc_now
from storage.engine import create_engine
from storage.queries.model_calls import Spending, spending

ai = typer.Typer(help="The AI: its switch, and what it costs.", no_args_is_help=True)


@ai.command()
def off() -> None:
    """Ask no brain any more, in any process, from this moment on. People get what customers write."""
    changed = with_desk(lambda desk: desk.switch_ai(on=False))
    typer.echo("The AI is off. People get what customers write." if changed else "The AI was off already.")


@ai.command()
def on() -> None:
    """Let the AI understand customers again."""
    changed = with_desk(lambda desk: desk.switch_ai(on=True))
    typer.echo("The AI is on." if changed else "The AI was on already.")


@ai.command()
def status() -> None:
    """Whether the AI is on, since when, and which brain it is."""
    switch = with_desk(lambda desk: desk.ai_switch())
    claude = Settings().claude
    brain = f"Claude ({claude.model})" if claude else "the offline brain"
    typer.echo(f"The AI is {'on' if switch.is_on else 'off'} since {switch.since:%Y-%m-%d %H:%M} UTC. It is {brain}.")


@ai.command()
def spend(
    days: Annotated[int, typer.Option(min=1, help="Of the last so many days.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of a table.")] = False,
) -> None:
    """Tokens and money by model, and what a ticket costs on average, by the prices of the settings."""
    found = asyncio.run(_spending(days))
    if as_json:
        data = asdict(found) | {"cost": found.cost, "cost_per_ticket": _each(found), "days": days}
        typer.echo(json.dumps(data))
        return
    if not found.models:
        typer.echo(f"No model was asked in the last {days} days. The offline brain costs nothing.")
        return
    table = Table("Model", "Calls", "Failed", "Tokens in", "from cache", "Tokens out", "Cost")
    for model in found.models:
        numbers = (model.calls, model.failed, model.input_tokens, model.cached_tokens, model.output_tokens)
        table.add_row(model.model, *(f"{number:,}" for number in numbers), _dollars(model.cost))
    Console().print(table)
    each = (
        f"{found.tickets:,} tickets came of it, {_dollars(_each(found))} each." if found.tickets else "No tickets yet."
    )
    typer.echo(f"{_dollars(found.cost)} in the last {days} days. {each}")


async def _spending(days: int) -> Spending:
    async with database(Settings()) as dsn:
        await bring_up_to_date(dsn)
        engine = create_engine(dsn, size=1)
        try:
            return await spending(engine, since=utc_now() - timedelta(days=days))
        finally:
            await engine.dispose()


def _each(found: Spending) -> float:
    """Micro-dollars of a ticket."""
    return found.cost / found.tickets if found.tickets else 0.0


def _dollars(micro: float) -> str:
    return f"${micro / 1_000_000:,.4f}"
