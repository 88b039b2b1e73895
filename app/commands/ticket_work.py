"""`threadline tickets move | duplicates | merge | part`: what somebody of the desk does with tickets, as themselves."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer

from app.commands.desk import with_services
from app.commands.tickets import Json, Text, wanted
from app.services import Services
from app.terminal import inert
from core.errors import NotFound
from ticketing.people.person import Person
from ticketing.tickets.asking import KNOWN, read_order
from ticketing.tickets.change_many import MovedRow, Outcome
from ticketing.tickets.listing import MOST

Who = Annotated[str, typer.Option("--as", help="The e-mail of who does it: what they may not do is refused.")]
Number = Annotated[int, typer.Argument(help="The ticket's number, e.g. 12.", min=1)]
_TOLD_EVERY = 100  # tickets


def move(
    to: Annotated[str, typer.Argument(help="The status to put them in, by its key.")],
    conditions: Annotated[list[str], typer.Argument(help=f"Which ones, as for `tickets list`. There are: {KNOWN}.")],
    who: Who,
    text: Text = "",
    note: Annotated[str, typer.Option(help="Recorded with each.")] = "",
    as_json: Json = False,
) -> None:
    """Put all tickets that the conditions are true of in a status, each for itself. Safe to run again."""

    async def work(made: Services) -> list[MovedRow]:
        person = await _person(made, who)
        return await made.desk.change_status_many(
            await _ids(made, conditions, text), to, by=person, note=note, progress=_tell
        )

    rows = with_services(work)
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in rows], ensure_ascii=False, default=str))
        return
    counted = Counter(each.outcome for each in rows)
    typer.echo(
        f"{counted[Outcome.DONE]} moved, {counted[Outcome.ALREADY]} there already, {counted[Outcome.REFUSED]} refused, "
        f"{counted[Outcome.NOT_FOUND]} not found."
    )
    for each in rows:
        if each.why:
            typer.echo(inert(f"#{each.number}: {each.why}" if each.number else each.why))


def duplicates(number: Number, who: Who) -> None:
    """Tickets of the same customer that are likely the same issue, with the reason."""

    async def read(made: Services) -> list[str]:
        person = await _person(made, who)
        found = await made.desk.likely_duplicates(await _id(made, number), by=person)
        return [f"#{each.ticket.number} {each.ticket.subject}: {each.why}" for each in found]

    for line in with_services(read) or ["None that is likely."]:
        typer.echo(inert(line))


def merge(
    number: Number,
    into: Annotated[int, typer.Option("--into", help="The number of the ticket that it goes on in.", min=1)],
    who: Who,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
) -> None:
    """Let a ticket go on in another one. `part` undoes it at any time."""

    async def work(made: Services) -> str:
        person = await _person(made, who)
        survivor, absorbed = await _id(made, into), await _id(made, number)
        preview = await made.desk.preview_ticket_merge(survivor, absorbed, by=person)
        brought = preview.brought
        typer.echo(
            f"#{number} goes on in #{into}, with {len(brought.messages)} messages, {len(brought.comments)} comments, "
            f"{len(brought.watchers)} watchers and {len(brought.tags)} tags that are new there."
        )
        if not yes:
            typer.confirm("Merge them?", abort=True)
        await made.desk.merge_tickets(survivor, absorbed, by=person, seen=preview.seen)
        return f"#{number} goes on in #{into}. Undo it with: threadline tickets part {number} --as {who}"

    typer.echo(with_services(work))


def part(number: Number, who: Who) -> None:
    """Undo the merge of a ticket: it is what it was before."""

    async def work(made: Services) -> str:
        person = await _person(made, who)
        await made.desk.unmerge_ticket(await _id(made, number), by=person)
        return f"#{number} stands for itself."

    typer.echo(with_services(work))


async def _tell(done: int, total: int) -> None:
    if done % _TOLD_EVERY == 0 and done < total:
        typer.echo(f"{done} of {total} …", err=True)


async def _person(made: Services, email: str) -> Person:
    person = await made.desk.person_by_email(email)
    if person is None:
        raise NotFound(f"Nobody of the desk has the address {email}: see `threadline people list`.")
    return person


async def _ids(made: Services, conditions: Sequence[str], text: str) -> list[UUID]:
    """All of them before any is moved: a list changes with what is done to what is on it."""
    asked, order = await wanted(made, conditions, text), read_order("created", reverse=False)
    ids: list[UUID] = []
    after: str | None = None
    while True:
        page = await made.lists.page(asked, order=order, after=after, most=MOST)
        ids += [each.id for each in page.lines]
        after = page.following
        if after is None:
            return ids


async def _id(made: Services, number: int) -> UUID:
    """Also of one that counts nowhere. Raises NotFound."""
    async with made.start() as uow:
        return await uow.tickets.numbered(number)
