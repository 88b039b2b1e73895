"""`threadline customers`: who they are, what is known of them, who is whom, and customers from a file."""

import asyncio
import csv
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated, TextIO, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from app.run import bring_up_to_date, database
from app.services import Services
from app.settings import Settings
from app.terminal import inert
from app.wiring import services
from core.errors import NotFound
from ticketing.customers.attributes import OWN, as_typed, attributes_of, typed
from ticketing.customers.customer import Custom
from ticketing.customers.import_batch import Imported
from ticketing.customers.import_file import ImportLine, LineError, columns, read_lines
from ticketing.customers.merge import MergePreview
from ticketing.customers.profile import CustomerLine, Profile

customers = typer.Typer(help="Customers: their addresses, what is known of them, who is whom.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print data instead of a table.")]
Whom = Annotated[str, typer.Argument(help="An id, an address like +4915112345678, a ticket like #12, or a name.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

BATCH = 500  # lines in one transaction
T = TypeVar("T")


def with_services(work: Callable[[Services], Awaitable[T]]) -> T:
    """Run `work` on the services of the settings."""

    async def main() -> T:
        settings = Settings()
        async with database(settings) as dsn:
            await bring_up_to_date(dsn)
            async with services(settings, dsn, connections=2) as made:
                return await work(made)

    return asyncio.run(main())


@customers.command("list")
def list_customers(
    search: Annotated[
        str, typer.Argument(help="A name, an address, a number or a ticket. Without it: the newest.")
    ] = "",
    most: Annotated[int, typer.Option(help="How many.", min=1, max=1000)] = 50,
    after: Annotated[str | None, typer.Option(help="The id of the last one of the page before.")] = None,
    as_json: Json = False,
) -> None:
    """The newest customers, or those that match."""
    before = UUID(after) if after else None

    async def read(made: Services) -> list[CustomerLine]:
        found = made.customers.search(search, most=most) if search else made.customers.page(before=before, most=most)
        return list(await found)

    found = with_services(read)
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, default=str))
        return
    if not found:
        typer.echo("Nobody matches." if search else "Nobody has written yet.")
        return
    table = Table("Id", "Name", "Tier", "Addresses", "Since (UTC)")
    for each in found:
        cells = (str(each.id), each.name, each.tier or "", ", ".join(each.addresses), f"{each.created_at:%Y-%m-%d}")
        table.add_row(*map(inert, cells))
    Console().print(table, markup=False)


@customers.command("show")
def show(whom: Whom, as_json: Json = False) -> None:
    """Everything about one customer."""

    async def read(made: Services) -> Profile:
        return await made.customers.profile(await _one(made, whom), now=made.clock())

    profile = with_services(read)
    if as_json:
        typer.echo(json.dumps(asdict(profile), ensure_ascii=False, default=str))
    else:
        _print(profile)


def _print(profile: Profile) -> None:
    for line in _lines(profile):
        typer.echo(inert(line))


def _lines(profile: Profile) -> Iterator[str]:
    customer = profile.customer
    yield f"{customer.name}  ({customer.id}, customer since {customer.created_at:%Y-%m-%d})"
    for each in profile.identities:
        proven = " (number verified)" if each.phone else ""
        yield f"  {each.channel}: {each.address}{proven}{' (blocked)' if each.blocked else ''}"
    for name, value in attributes_of(customer).items():
        yield f"  {name} = {as_typed(value)}"
    tickets = {each.number: each for each in (*profile.newest_tickets, *profile.open_tickets)}
    for _, ticket in sorted(tickets.items(), reverse=True):
        yield f"  #{ticket.number} {ticket.subject} · {ticket.status.label} · {ticket.assignee or 'nobody'}"
    for said in reversed(profile.messages):
        who = said.author or customer.name
        yield f"  {said.at:%Y-%m-%d %H:%M} {said.channel} {who}: {' '.join(said.text.split())[:200]}"
    for past in profile.merges:
        undone = f", undone by {past.undone_by}" if past.undone_at else ""
        yield f"  merged with {past.absorbed} by {past.by_name} ({past.reason.value}){undone}: {past.id}"


@customers.command("set")
def set_attributes(
    whom: Whom,
    values: Annotated[
        list[str], typer.Argument(help="tier=gold language=de attr.vip=true; name= alone takes it away.")
    ],
) -> None:
    """Say what a customer is like."""
    to: dict[str, Custom | None] = {}
    for each in values:
        name, equals, value = each.partition("=")
        if not equals:
            raise typer.BadParameter(f"{each!r}: write name=value, or name= to take it away.")
        to[name] = typed(value) if name.startswith(OWN) else value or None

    async def work(made: Services) -> str:
        customer = await made.desk.set_attributes(await _one(made, whom), to)
        known = ", ".join(f"{name}={as_typed(value)}" for name, value in attributes_of(customer).items())
        return f"{customer.name}: {known or 'nothing more is known'}."

    typer.echo(inert(with_services(work)))


@customers.command("merge")
def merge(
    survivor: Annotated[str, typer.Argument(help="Who stays: an id, an address, a ticket or a name.")],
    absorbed: Annotated[str, typer.Argument(help="Who becomes part of them.")],
    yes: Yes = False,
) -> None:
    """Two customers are one. Shows what would happen and asks."""

    async def look(made: Services) -> MergePreview:
        return await made.desk.preview_merge(await _one(made, survivor), await _one(made, absorbed))

    preview = with_services(look)
    for line in preview_lines(preview):
        typer.echo(inert(line))
    if not yes:
        typer.confirm("Merge them?", abort=True)
    ids = preview.survivor.id, preview.absorbed.id
    done = with_services(lambda made: made.desk.merge_customers(*ids, seen=preview.seen))
    typer.echo(f"Merged. To undo it: threadline customers undo-merge {done.id}")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def preview_lines(preview: MergePreview) -> Iterator[str]:
    """What a merge would do, in words."""
    yield f"{preview.absorbed.name} becomes part of {preview.survivor.name}."
    for each in preview.identities:
        yield f"  moves: {each.channel} {each.address}"
    yield f"  moves: {_counted(preview.conversations, 'conversation')}, {_counted(preview.tickets, 'ticket')}"
    for name in preview.filled:
        yield f"  {name} comes with them"
    for clash in preview.conflicts:
        yield f"  {clash.name} stays {as_typed(clash.stays)}, not {as_typed(clash.goes)}"


@customers.command("undo-merge")
def undo_merge(merge_id: Annotated[str, typer.Argument(help="As `merge` and `show` name it.")]) -> None:
    """Two customers that were made one are two again."""
    try:
        which = UUID(merge_id)
    except ValueError:
        raise typer.BadParameter("That is no id of a merge: `threadline customers show` lists them.") from None
    done = with_services(lambda made: made.desk.undo_merge(which))
    moved = f"{_counted(len(done.conversations), 'conversation')}, {_counted(len(done.tickets), 'ticket')}"
    typer.echo(f"They are two customers again. Back with the second: {moved}.")


@customers.command("import")
def import_customers(
    file: Annotated[Path, typer.Argument(help="A CSV file in UTF-8 with headings.", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    as_json: Json = False,
) -> None:
    """Customers from a file: known addresses are changed, others are made. The same file again changes nothing.

    Columns: phone, whatsapp, telegram, email, name, tier, language, time_zone, attr.<name>. Empty cells say nothing.
    """
    total, errors = Imported(0, 0, 0, ()), list[LineError]()
    with file.open(encoding="utf-8-sig", newline="") as opened:
        try:
            total, errors = with_services(lambda made: _import(made, opened, dry_run=dry_run, quiet=as_json))
        except (UnicodeDecodeError, csv.Error) as error:
            typer.echo(f"{file} cannot be read: {error}. It must be a CSV file in UTF-8.", err=True)
            raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps({**asdict(total), "errors": [asdict(each) for each in errors]}, ensure_ascii=False))
    else:
        for each in errors:
            where = f"line {each.line}" + (f", {each.column}" if each.column else "")
            typer.echo(f"{file}: {where}: {each.message}", err=True)
        would = "would be " if dry_run else ""
        typer.echo(f"{total.made} {would}made, {total.changed} {would}changed, {total.unchanged} unchanged.")
    if errors:
        raise typer.Exit(1)


async def _import(made: Services, opened: TextIO, *, dry_run: bool, quiet: bool) -> tuple[Imported, list[LineError]]:
    reader = csv.reader(opened, strict=True)
    headings = columns(next(reader, []))
    if wrong := [each for each in headings if isinstance(each, LineError)]:
        return Imported(0, 0, 0, ()), wrong
    read = read_lines([str(each) for each in headings], ((reader.line_num, cells) for cells in reader))
    made_new = changed = unchanged = lines = 0
    errors = list[LineError]()
    while batch := list(islice(read, BATCH)):
        errors += [each for each in batch if isinstance(each, LineError)]
        done = await made.desk.import_customers([e for e in batch if isinstance(e, ImportLine)], dry_run=dry_run)
        errors += done.errors
        made_new, changed, unchanged = made_new + done.made, changed + done.changed, unchanged + done.unchanged
        lines += len(batch)
        if not quiet and lines % (BATCH * 10) == 0:
            typer.echo(f"{lines:,} lines …", err=True)
    return Imported(made_new, changed, unchanged, ()), sorted(errors, key=lambda each: each.line)


async def _one(made: Services, whom: str) -> UUID:
    """The customer who is meant. Raises NotFound."""
    with suppress(ValueError):
        return UUID(whom)
    found = await made.customers.search(whom, most=5)
    exact = [
        each for each in found if whom in (each.name, *(a.partition(":")[2] for a in each.addresses), *each.addresses)
    ]
    if len(chosen := exact or found) != 1:
        names = inert("; ".join(f"{each.name} {each.id}" for each in chosen))
        raise NotFound(f"Several match {whom!r}: {names}." if chosen else f"Nobody matches {whom!r}.")
    return chosen[0].id
