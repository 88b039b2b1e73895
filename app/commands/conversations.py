"""`threadline conversations`: what waits for people and no ticket carries."""

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
from app.wiring import services
from storage.light_cards import Unticketed
from ticketing.conversations.conversation import State

_LAST_WORDS = 60  # characters shown of them in the table


def conversations(
    unticketed: Annotated[
        bool, typer.Option("--unticketed", help="Only those that wait now: leave out what is snoozed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of a table.")] = False,
) -> None:
    """Conversations that wait for people without a ticket, whoever has waited longest first."""
    found = [each for each in asyncio.run(_read()) if not unticketed or each.state is State.OPEN]
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, default=str))
        return
    if not found:
        typer.echo("Nothing waits without a ticket.")
        return
    table = Table("Customer", "Channel", "Waiting since (UTC)", "Who has it", "State", "Last words")
    for each in found:
        words = " ".join(each.last_words.split())
        cut = words if len(words) <= _LAST_WORDS else words[: _LAST_WORDS - 1] + "…"
        since = f"{each.since:%Y-%m-%d %H:%M}"
        table.add_row(each.customer, each.channel, since, each.assignee or "nobody", each.state.value, cut)
    Console().print(table, markup=False)


async def _read() -> Sequence[Unticketed]:
    settings = Settings()
    async with database(settings) as dsn:
        await bring_up_to_date(dsn)
        async with services(settings, dsn, connections=2) as made:
            return await made.light_cards.unticketed()
