"""`threadline templates`: what the providers have approved, and which template stands in for what the window stops."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.commands.desk import with_desk, with_services
from app.services import Services
from app.templates import sync
from ticketing.desk import Desk
from ticketing.templates.template import Template

templates = typer.Typer(help="Message templates, made at the provider and synced from there.", no_args_is_help=True)

_BODY = 60  # characters shown of it in the table
ChannelName = Annotated[str, typer.Option("--channel", help="The channel they are for.")]


@templates.command("sync")
def sync_now() -> None:
    """Fetch them from every channel that has templates. The clock does this hourly."""

    async def run(made: Services) -> dict[str, str]:
        return {channel: f"{each.known} known, {each.gone} gone" for channel, each in (await sync(made)).items()}

    found = with_services(run)
    for channel, said in found.items():
        typer.echo(f"{channel}: {said}.")
    if not found:
        typer.echo("No channel that is on has templates.")


@templates.command("list")
def list_templates(
    channel: ChannelName = "whatsapp",
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of a table.")] = False,
) -> None:
    """What the desk knows, as of the last sync."""
    found = with_desk(lambda desk: desk.templates(channel))
    if as_json:
        typer.echo(json.dumps([_data(each) for each in found], ensure_ascii=False))
        return
    if not found:
        typer.echo("None yet. Fetch them: threadline templates sync")
        return
    table = Table("Name", "Language", "Status", "Variables", "Fallback", "Text")
    for each in found:
        body = " ".join(each.body.split())
        cut = body if len(body) <= _BODY else body[: _BODY - 1] + "…"
        status = f"{each.status}: {each.why}" if each.why else each.status
        fallback = "yes" if each.is_fallback else ""
        table.add_row(each.name, each.language, status, ", ".join(each.variables), fallback, cut)
    Console().print(table, markup=False)


def _data(each: Template) -> dict[str, object]:
    return {
        "name": each.name,
        "language": each.language,
        "status": each.status,
        "why": each.why,
        "variables": list(each.variables),
        "fallback": each.is_fallback,
        "body": each.body,
        "synced_at": each.synced_at.isoformat(),
    }


@templates.command("fallback")
def fallback(
    name: Annotated[str, typer.Argument(help="A template with one variable, or: none.")],
    channel: ChannelName = "whatsapp",
    language: Annotated[str | None, typer.Option("--language", help="Where several have this name.")] = None,
) -> None:
    """Choose the template that carries a reply whose 24 hours ended before it left."""

    async def choose(desk: Desk) -> Template | None:
        return await desk.choose_fallback(channel, None if name == "none" else name, language)

    chosen = with_desk(choose)
    if chosen is None:
        typer.echo(f"No template carries them on {channel}: a reply whose 24 hours ended before it left fails.")
    else:
        typer.echo(
            f"{chosen.name} ({chosen.language}) carries the replies on {channel} whose 24 hours ended before they left."
        )
