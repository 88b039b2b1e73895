"""`threadline sla explain`: why a ticket is due when it is due, from its record."""

import asyncio
import json
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console

from app.commands.sla import sla
from app.commands.sla_told import because, tell
from app.run import bring_up_to_date, database
from app.settings import Settings
from app.terminal import inert
from sla.clock import state
from sla.explain import Explanation
from storage.clock_history import ClockHistories
from storage.database import Database
from storage.playbooks import Playbooks
from ticketing.sla.explain import TicketExplanation, explained
from ticketing.sla.history import ClockHistory


@sla.command()
def explain(
    number: Annotated[int, typer.Argument(help="The ticket's number.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of tables.")] = False,
) -> None:
    """Why a ticket is due when it is due: every stretch of its clocks, and what caused it. The sum is the time spent.

    Exit 1: there is no such ticket, or nothing was ever promised for it.
    """
    now = Settings().clock()
    history = asyncio.run(_history(number))
    if history is None:
        raise _refused(f"There is no ticket #{number}.")
    found = explained(history.entries, history.policy, history.calendars, now)
    if found is None:
        raise _refused(f"Nothing is promised for ticket #{number}: its type has no SLA policy.")
    if as_json:
        typer.echo(json.dumps(_data(number, found, now), ensure_ascii=False))
        return
    for clock in found.clocks.values():
        tell(number, clock, found, history.calendars, now)
    for seq, undone in found.withdrawn.items():
        line = f"The reply of record {seq} answered nobody: {undone.actor_name} took it back (record {undone.seq})."
        Console().print(inert(line), markup=False, highlight=False)


def _refused(words: str) -> typer.Exit:
    typer.echo(f"threadline: {words}", err=True)
    return typer.Exit(1)


async def _history(number: int) -> ClockHistory | None:
    async with database(Settings()) as dsn:
        await bring_up_to_date(dsn)
        store = Database(dsn, size=1)
        try:
            async with store.snapshot() as session:
                return await ClockHistories(session, Playbooks()).numbered(number)
        finally:
            await store.close()


def _data(number: int, found: TicketExplanation, now: datetime) -> dict[str, Any]:
    level = found.level
    return {
        "ticket": number,
        "now": now.isoformat(),
        "policy": level.policy,
        "playbook": level.playbook,
        "priority": level.priority.value,
        "tier": level.tier,
        "withdrawn_replies": sorted(found.withdrawn),
        "clocks": {kind.value: _clock_data(each, found, now) for kind, each in found.clocks.items()},
    }


def _clock_data(told: Explanation, found: TicketExplanation, now: datetime) -> dict[str, Any]:
    clock = told.clock
    stands = state(clock, now)
    return {
        "state": stands.value if stands else None,
        "target_seconds": int(clock.target.length.total_seconds()) if clock.target else None,
        "calendar": clock.target.calendar if clock.target else None,
        "due": _iso(clock.due_at),
        "at_risk": _iso(clock.at_risk_at),
        "warning": _iso(clock.warn_at),
        "fired": list(clock.fired),
        "spent_seconds": told.spent.total_seconds(),
        "stretches": [
            {
                "from": each.begins.isoformat(),
                "to": each.ends.isoformat(),
                "kind": each.kind.value,
                "name": each.name,
                "seconds": each.length.total_seconds(),
                "record": int(each.cause) if each.cause.isdecimal() else None,
                "because": because(each, found),
            }
            for each in told.stretches
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
