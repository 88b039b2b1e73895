"""`threadline tickets`: lists of tickets, sums of them, and finding them by their words."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.commands.customers import with_services
from app.services import Services
from app.terminal import inert
from ticketing.tickets.asking import KNOWN, Directory, read_filter, read_order
from ticketing.tickets.listing import MOST, PAGE, Dimension, Group, Page, TicketFilter, TicketLine
from ticketing.tickets.search import Found

tickets = typer.Typer(help="Tickets: lists by any of their properties, sums, and search.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print data instead of a table.")]
Text = Annotated[str, typer.Option(help="Words of subject, messages or comments.")]
Conditions = Annotated[
    list[str] | None, typer.Argument(help=f"As status=open, priority=high,urgent, assignee=nobody. There are: {KNOWN}.")
]
Most = Annotated[int, typer.Option(help="How many.", min=1, max=MOST)]


@tickets.command("list")
def list_tickets(
    conditions: Conditions = None,
    text: Text = "",
    sort: Annotated[str, typer.Option(help="priority, due, created, updated, or field.KEY.")] = "priority",
    reverse: Annotated[bool, typer.Option("--reverse", help="From the other end.")] = False,
    most: Most = PAGE,
    after: Annotated[str | None, typer.Option(help="The cursor that the page before ended with.")] = None,
    as_json: Json = False,
) -> None:
    """The tickets that all the conditions are true of. Without any: all."""

    async def read(made: Services) -> Page:
        order = read_order(sort, reverse=reverse)
        return await made.lists.page(await wanted(made, conditions, text), order=order, after=after, most=most)

    page = with_services(read)
    if as_json:
        typer.echo(json.dumps(asdict(page), ensure_ascii=False, default=str))
        return
    if not page.lines:
        typer.echo("No ticket is like that.")
        return
    _print(page.lines)
    if page.following:
        typer.echo(f"There are more: --after {page.following}")


@tickets.command("sum")
def sum_tickets(
    by: Annotated[Dimension, typer.Argument(help="What they are grouped by.")],
    conditions: Conditions = None,
    field: Annotated[str | None, typer.Option(help="The custom field that is summed, by its key.")] = None,
    text: Text = "",
    as_json: Json = False,
) -> None:
    """How many tickets there are of each kind; with a field, its sum and average too."""

    async def read(made: Services) -> Sequence[Group]:
        return await made.lists.grouped(await wanted(made, conditions, text), by=by, field=field)

    groups = with_services(read)
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in groups], ensure_ascii=False, default=str))
        return
    table = Table(by.value.capitalize(), "Tickets", *(["Sum", "Average"] if field else []))
    for each in groups:
        amounts = [f"{each.sum:,}" if each.sum is not None else "", f"{each.average:,.2f}" if each.average else ""]
        table.add_row(inert(each.value or "none"), f"{each.count:,}", *(amounts if field else []))
    Console().print(table, markup=False)


@tickets.command("search")
def search(
    words: Annotated[str, typer.Argument(help='Words, "words in a row", the beginning* of one, #12.')],
    most: Most = PAGE,
    as_json: Json = False,
) -> None:
    """Tickets by the words of their subjects, messages and comments, the newest texts first."""
    found = with_services(lambda made: made.search.search(words, most=most))
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, default=str))
    elif not found:
        typer.echo("Nothing was found.")
    else:
        _print_found(found)


async def wanted(made: Services, conditions: Sequence[str] | None, text: str) -> TicketFilter:
    """What somebody typed. Raises FilterRefused."""
    directory = Directory(await made.desk.people(), await made.desk.teams())
    return read_filter(conditions or (), directory, text=text, zone=made.desk.zone)


def _print(lines: Sequence[TicketLine]) -> None:
    table = Table("Ticket", "Subject", "Type", "Status", "Priority", "Team", "Assignee", "Customer", "Due (UTC)")
    for each in lines:
        who = (each.team or "", each.assignee or "nobody", each.customer)
        cells = (f"#{each.number}", each.subject, each.type, each.status, each.priority.value, *who, _when(each.due_at))
        table.add_row(*map(inert, cells))
    Console().print(table, markup=False)


def _print_found(found: Sequence[Found]) -> None:
    table = Table("Ticket", "Subject", "Status", "Where", "At (UTC)", "Words")
    for each in found:
        ticket = each.ticket
        cells = (f"#{ticket.number}", ticket.subject, ticket.status, each.where.value, _when(each.at), each.snippet)
        table.add_row(*map(inert, cells))
    Console().print(table, markup=False)


def _when(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""
