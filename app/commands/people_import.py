"""`threadline people import-slack`: people of the desk, taken over from Slack by the e-mail of their profile."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.commands.connect_slack import OFF
from app.commands.desk import with_services
from app.services import Services
from app.settings import Settings
from app.terminal import inert
from bot.setup.account import Account
from bot.setup.directory import Listed, everybody, in_channel, in_group
from core.errors import NotFound
from ticketing.people.person import Role
from ticketing.people.register import EmailTaken, NotAnAddress

_PATIENCE = 600.0  # seconds in all: Slack lists a few thousand people a minute
_SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one person of Slack's: added, known (and as what), or skipped and why."""

    slack_user: str
    name: str
    email: str
    outcome: str
    why: str = ""


def import_slack(
    channel: Annotated[str | None, typer.Option("--channel", help="Who is in this Slack channel, C….")] = None,
    usergroup: Annotated[str | None, typer.Option("--usergroup", help="Who is in this group: its @handle.")] = None,
    everyone: Annotated[bool, typer.Option("--everybody", help="Everybody of the workspace.")] = False,
    role: Annotated[Role, typer.Option(help="What new people become; those who are here keep theirs.")] = Role.AGENT,
    team: Annotated[str | None, typer.Option(help="A team's name. Without it: the default team.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say who would be added.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of a table.")] = False,
) -> None:
    """Take people over from Slack. Bots, guests, closed accounts and people of other workspaces are skipped.

    Safe to repeat: nobody who is here changes, and who has left stays away (`threadline people add` brings them back).
    """
    if [channel is not None, usergroup is not None, everyone].count(True) != 1:
        raise typer.BadParameter("Say whom: --channel C…, --usergroup @handle, or --everybody.")

    async def work(services: Services) -> list[Taken]:
        found = _found(channel, usergroup)
        return [await _take(each, role, team, services, dry_run=dry_run) async for each in found]

    taken = with_services(work)
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in taken], ensure_ascii=False))
    else:
        _tell(taken, dry_run=dry_run)


def _found(channel: str | None, usergroup: str | None) -> AsyncIterator[Listed]:
    config = Settings().slack
    if config is None:
        raise NotFound(OFF)
    account = Account(config, patience=_PATIENCE)
    if channel is not None:
        return in_channel(account, channel)
    return in_group(account, usergroup) if usergroup is not None else everybody(account)


async def _take(found: Listed, role: Role, team: str | None, services: Services, *, dry_run: bool) -> Taken:
    """One person, one transaction: interrupted and run again, the rest follows."""
    shown = (found.slack_user, found.name, found.email)
    if found.why_not is not None:
        return Taken(*shown, _SKIPPED, found.why_not)
    known = await services.desk.anybody_by_email(found.email)
    if known is not None and known.has_left:  # Slack may keep an account longer than the desk keeps a colleague
        return Taken(*shown, _SKIPPED, "has left the desk")
    if known is None:
        try:
            if not dry_run:
                await services.desk.add_person(found.name, found.email, role, team)
        except NotAnAddress as refusal:
            return Taken(*shown, _SKIPPED, refusal.message)
        except EmailTaken:  # somebody else added them just now
            return Taken(*shown, "known")
    if not dry_run:
        await services.rooms.remember_user(found.slack_user, found.email, zone=found.zone, now=services.clock())
    return Taken(*shown, "added", role.value) if known is None else Taken(*shown, "known", known.role.value)


def _tell(taken: Sequence[Taken], *, dry_run: bool) -> None:
    table = Table("Name", "E-mail", "Slack", "")
    added = "would be added" if dry_run else "added"
    words = {"added": added, "known": "is here already"}
    for each in sorted(taken, key=lambda each: (each.outcome, each.name.casefold())):
        outcome = f"{words.get(each.outcome, each.outcome)}{f': {each.why}' if each.why else ''}"
        table.add_row(*map(inert, (each.name, each.email, each.slack_user, outcome)))
    if taken:
        Console().print(table, markup=False)
    counted = Counter(each.outcome for each in taken)
    end = " Nothing was changed." if dry_run else ""
    typer.echo(f"{counted['added']} {added}, {counted['known']} here already, {counted[_SKIPPED]} skipped.{end}")
