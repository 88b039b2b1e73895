"""`threadline doctor --repair`: Slack compared with the database and put right, and what was done told.

Before that, what is in the database itself: the clocks of tickets (`repair_clocks.py`).
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from app.commands.repair_clocks import ClocksRepaired, clocks_data, repair_clocks, tell_clocks
from app.run import database
from app.services import Services
from app.settings import Settings
from app.slack_consequences import show_conversation, show_ticket
from app.wiring import services
from bot.repair import Done, Step, Survey, carry_out, decks, survey
from core.errors import AccountRefused, ChannelUnavailable
from storage.engine import create_engine
from storage.jobs.parked import retry_consequence

_LONG = 5  # steps from which on a bar shows how far it has come


@dataclass(slots=True)
class Repaired:
    """What was found and done. `problems`: what only a person can mend."""

    found: Survey
    dry_run: bool
    done: list[Done] = field(default_factory=list)
    requeued: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def left(self) -> bool:
        """Whether anything is not as it should be now."""
        return bool(self.problems) or (self.dry_run and bool(self.found.steps))


def repair_and_tell(*, dry_run: bool, as_json: bool) -> int:
    """The exit code: 1 when something is left to do."""
    clocks, repaired = asyncio.run(_repair_as_set(dry_run=dry_run, quiet=as_json))
    if as_json:
        typer.echo(json.dumps(_data(repaired) | clocks_data(clocks), ensure_ascii=False))
    else:
        _tell(repaired)
    return 1 if repaired.left or clocks.left else 0


async def _repair_as_set(*, dry_run: bool, quiet: bool) -> tuple[ClocksRepaired, Repaired]:
    settings = Settings()
    async with database(settings) as dsn, services(settings, dsn, connections=3) as made:
        clocks = await repair_clocks(made, dsn, dry_run=dry_run, quiet=quiet)
        if not quiet:
            tell_clocks(clocks)  # at once: Slack may be off, or away
        return clocks, await repair(made, dsn, dry_run=dry_run, quiet=quiet)


async def repair(made: Services, dsn: str, *, dry_run: bool = False, quiet: bool = True) -> Repaired:
    """Safe to repeat and to interrupt. Raises AccountRefused, ChannelUnavailable."""
    if made.slack is None:
        raise AccountRefused("Slack is off: set SLACK_BOT_TOKEN, then run `threadline doctor --repair`.")
    cards = decks(made.repairs, made.rooms, made.light_cards, made.slack, made.clock)
    found = await survey(cards, made.slack)
    repaired = Repaired(found, dry_run, problems=list(found.problems))
    if dry_run:
        return repaired
    with Progress(console=Console(stderr=True), transient=True, disable=quiet or len(found.steps) < _LONG) as bar:
        task = bar.add_task("Repairing", total=len(found.steps))
        try:
            async for done in carry_out(found.steps, cards, made.slack):
                repaired.done.append(done)
                if done.problem is not None:
                    repaired.problems.append(f"{done.step.of.name}: {done.problem}")
                bar.advance(task)
        except ChannelUnavailable as error:
            repaired.problems.append(f"{error.message} Run it again to go on where it stopped.")
    repaired.requeued = await _requeue(dsn)
    return repaired


async def _requeue(dsn: str) -> int:
    engine = create_engine(dsn, size=1)
    try:
        return sum([await retry_consequence(engine, show.__name__) for show in (show_ticket, show_conversation)])
    finally:
        await engine.dispose()


def _steps(repaired: Repaired) -> Sequence[tuple[Step, str]]:
    """What was done, or would be."""
    if repaired.dry_run:
        return [(step, f"to be {step.kind}") for step in repaired.found.steps]
    return [(done.step, f"not {done.step.kind}" if done.problem else done.step.kind) for done in repaired.done]


def _data(repaired: Repaired) -> dict[str, Any]:
    steps = [
        {step.of.owner: step.of.name, "id": str(step.of.id), "channel": step.channel, "what": what}
        for step, what in _steps(repaired)
    ]
    looked = {"cards": repaired.found.cards, "strange": repaired.found.strange, "dry_run": repaired.dry_run}
    told = {"steps": steps, "problems": repaired.problems, "requeued": repaired.requeued}
    return looked | told


def _tell(repaired: Repaired) -> None:
    console = Console()
    console.print(f"{repaired.found.cards} cards were looked at.", highlight=False)
    if repaired.found.strange:
        strange = f"{repaired.found.strange} of them are of tickets or conversations that the database does not know"
        console.print(f"{strange}: they were left alone.", highlight=False)
    if steps := _steps(repaired):
        table = Table("Card of", "Channel", "What")
        for step, what in steps:
            table.add_row(*map(escape, (step.of.name, step.channel, what)))
        console.print(table)
    if repaired.requeued:
        console.print(f"Parked jobs that show cards, queued again: {repaired.requeued}.", highlight=False)
    for problem in repaired.problems:
        console.print(f"[yellow]![/] {escape(problem)}", highlight=False)
    if not steps and not repaired.problems:
        console.print("[green]✓[/] Slack shows what the database says.")
