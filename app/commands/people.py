"""`threadline people` and `threadline teams`: who works at the desk."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from app.commands.desk import with_desk
from ticketing.desk import Desk
from ticketing.people.person import Person, Role, Team
from ticketing.people.preferences import ByMail

people = typer.Typer(help="The people of the desk. Slack accounts are recognised by e-mail.", no_args_is_help=True)
teams = typer.Typer(help="Teams, each with its Slack channel.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print data instead of a table.")]


@people.command("add")
def add_person(
    email: Annotated[str, typer.Argument(help="The e-mail of their Slack profile.")],
    name: Annotated[str, typer.Option(help="How colleagues and the record call them.")] = "",
    role: Annotated[Role, typer.Option(help="agent, supervisor or admin.")] = Role.AGENT,
    team: Annotated[str | None, typer.Option(help="A team's name. Without it: the default team.")] = None,
) -> None:
    """Add somebody to the desk."""
    person = with_desk(lambda desk: desk.add_person(name, email, role, team))
    typer.echo(f"{person.name} <{person.email}> is now {_a(person.role.value)} of the desk.")


@people.command("retire")
def retire_person(email: Annotated[str, typer.Argument(help="Who has left the desk.")]) -> None:
    """Let somebody go: they may do nothing any more. Their tickets stay with them until somebody takes them over."""
    person = with_desk(lambda desk: desk.retire(email))
    typer.echo(f"{person.name} <{person.email}> is not of the desk any more. What they still have: threadline doctor")


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


@people.command("delegate")
def delegate(
    email: Annotated[str, typer.Argument(help="Who is away.")],
    to: Annotated[str, typer.Option(help="The e-mail of who decides about approvals for them.")] = "",
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day without, in UTC.")] = None,
    end: Annotated[bool, typer.Option("--end", help="They decide for themselves again.")] = False,
) -> None:
    """Say who decides about approvals in somebody's place, and until when. Any other delegate of theirs is replaced."""
    if end:
        had = with_desk(lambda desk: desk.end_delegation(email))
        typer.echo(f"{email} decides for themselves again." if had else f"{email} had no delegate.")
        return
    if not to or until is None:
        raise typer.BadParameter("Say who (--to) and until when (--until), or --end.")
    with_desk(lambda desk: desk.delegate(email, to, until.replace(tzinfo=UTC)))
    typer.echo(f"{to} decides for {email} until {until:%Y-%m-%d}.")


_BY_MAIL = {
    ByMail.NEVER: "never",
    ByMail.OUTSIDE_SLACK: "if not in Slack",
    ByMail.ALWAYS: "always",
}


@people.command("mail")
def choose_by_mail(
    email: Annotated[str, typer.Argument(help="Of whom.")],
    when: Annotated[ByMail, typer.Argument(help="never, outside_slack (what Slack cannot tell them), or always.")],
) -> None:
    """Say when somebody is told by mail what concerns them. In Slack they choose it for themselves."""
    person = with_desk(lambda desk: desk.choose_by_mail(email, when))
    typer.echo(f"{person.name} <{person.email}> is told by mail: {_BY_MAIL[when]}.")


@people.command("list")
def list_people(as_json: Json = False) -> None:
    """Who works here."""

    async def read(desk: Desk) -> tuple[list[Person], dict[UUID, str], Mapping[UUID, ByMail]]:
        return list(await desk.people()), {team.id: team.name for team in await desk.teams()}, await desk.by_mail()

    found, names, by_mail = with_desk(read)
    rows = [
        {
            "name": person.name,
            "email": person.email,
            "role": person.role.value,
            "teams": sorted(names[team] for team in person.teams),
            "by_mail": by_mail.get(person.id, ByMail.OUTSIDE_SLACK).value,
        }
        for person in found
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    if not rows:
        typer.echo("Nobody yet. Add the first: threadline people add mia@example.com --name Mia --role admin")
        return
    table = Table("Name", "E-mail", "Role", "Teams", "Told by mail")
    for row in rows:
        told = _BY_MAIL[ByMail(str(row["by_mail"]))]
        table.add_row(str(row["name"]), str(row["email"]), str(row["role"]), ", ".join(row["teams"]), told)
    Console().print(table)


@teams.command("add")
def add_team(
    name: Annotated[str, typer.Argument(help="The team's name.")],
    slack_channel: Annotated[
        str | None, typer.Option(help="The id of its Slack channel, C…: where its tickets' cards stand.")
    ] = None,
    default: Annotated[bool, typer.Option("--default", help="Gets what nobody routed. The first team is.")] = False,
) -> None:
    """Add a team, or give one its channel."""
    team = with_desk(lambda desk: desk.add_team(name, slack_channel, is_default=default))
    channel = team.slack_channel
    where = f"its cards go to Slack channel {channel}" if channel else "it has no Slack channel yet"
    typer.echo(f"Team {team.name}: {where}{'; it is the default team' if team.is_default else ''}.")


@teams.command("intake")
def set_intake(
    slack_channel: Annotated[
        str, typer.Argument(help="The id of the Slack channel, C…; “default” for the default team's own.")
    ],
) -> None:
    """Say where conversations that need an answer, but no ticket, are shown."""
    channel = None if slack_channel == "default" else slack_channel
    team = with_desk(lambda desk: desk.set_intake(channel))
    where = team.intake_channel or team.slack_channel
    typer.echo(
        f"Conversations without a ticket are shown in Slack channel {where}."
        if where
        else f"Conversations without a ticket have no Slack channel yet, because team {team.name} has none."
    )


@teams.command("list")
def list_teams(as_json: Json = False) -> None:
    """The teams."""
    found: list[Team] = list(with_desk(lambda desk: desk.teams()))
    if as_json:
        rows = [
            {
                "name": team.name,
                "slack_channel": team.slack_channel,
                "default": team.is_default,
                "intake_channel": team.intake_channel,
            }
            for team in found
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    if not found:
        typer.echo("No team yet. Add the first: threadline teams add Support --slack-channel C0123456789")
        return
    table = Table("Team", "Slack channel", "Default", "Conversations without a ticket")
    for team in found:
        intake = team.intake_channel or ("the same channel" if team.is_default else "")
        table.add_row(team.name, team.slack_channel or "none", "yes" if team.is_default else "", intake)
    Console().print(table)
