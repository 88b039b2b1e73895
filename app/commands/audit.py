"""`threadline audit`: proof that nothing in the record of changes was altered, removed or cut off."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from sqlalchemy import text

from app.audit import Advance, count_records, export, opened, verify_database, verify_file
from app.run import bring_up_to_date, database
from app.settings import Settings
from app.terminal import inert
from core.errors import NotFound, Refused
from core.instants import utc_now
from storage.checkpoints import Checkpoints
from storage.database import Database
from storage.queries.audit import EVERYTHING, Selection, changed_during, of_ticket
from ticketing.activity.checkpoint import Signer, Witness
from ticketing.activity.exported import BadLine
from ticketing.activity.findings import Finding, Verdict

audit = typer.Typer(help="Proof that the record of changes is whole.", no_args_is_help=True)

BROKEN, UNREADABLE, UNPROVEN = 1, 2, 3  # exit codes; 0: everything is proven
T = TypeVar("T")
_TICKET_ID = text("SELECT id FROM ticket WHERE number = :number")


@audit.command("verify")
def verify(
    file: Annotated[Path | None, typer.Option(help="An export, instead of the database.")] = None,
    key: Annotated[list[str] | None, typer.Option(help="A public key that is trusted, hex. Can be repeated.")] = None,
    witness: Annotated[str | None, typer.Option(help="A checkpoint you noted earlier, NUMBER:DIGEST.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of words.")] = False,
) -> None:
    """Prove that nothing was altered, removed or cut off. Exit 0: proven, 1: broken, 2: unreadable, 3: in doubt."""
    keys, noted, settings = {each.strip().lower() for each in key or ()}, _noted(witness), Settings()
    if file is not None:
        verdict = _of_file(file, keys or _own_key(settings), noted, quiet=as_json)
    else:

        async def run(desk: Database) -> Verdict:
            with _bar("Verifying", await count_records(desk), quiet=as_json) as advance:
                return await verify_database(
                    desk, secret=settings.secret_key, keys=keys, witness=noted, now=utc_now(), advance=advance
                )

        verdict = _on_database(settings, run)
    if as_json:
        typer.echo(json.dumps(_data(verdict), ensure_ascii=False, default=str))
    else:
        _tell(verdict)
    raise typer.Exit(_code(verdict))


@audit.command("export")
def export_records(
    out: Annotated[Path, typer.Option(help="The file to write.")],
    ticket: Annotated[int | None, typer.Option(help="Only the stream of this ticket, by its number.")] = None,
    start: Annotated[datetime | None, typer.Option("--from", help="Only streams that changed then or later.")] = None,
    until: Annotated[datetime | None, typer.Option("--to", help="Only streams that changed before then.")] = None,
) -> None:
    """Write the record, or whole streams of it, as JSON lines that `verify --file` proves without the database."""
    settings = Settings()

    async def run(desk: Database) -> None:
        selection, part_of = await _select(desk, ticket, start, until, settings.zone)
        with _bar("Exporting", await count_records(desk, selection)) as advance:
            end = await export(
                desk,
                out,
                secret=settings.secret_key,
                selection=selection,
                part_of=part_of,
                now=utc_now(),
                advance=advance,
            )
        what = "a part of the record" if part_of else "the whole record"
        counted = f"{end.records} records of {end.streams} streams, {end.checkpoints} checkpoints"
        typer.echo(f"{out} holds {what}: {counted}.\nProve it: threadline audit verify --file {out} --key KEY")

    try:
        _on_database(settings, run)
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror or error}") from error


@audit.command("key")
def print_key() -> None:
    """Print the public key of this desk: give it to whoever is to check an export, and keep it yourself."""
    settings = Settings()

    async def run(desk: Database) -> str:
        return (await Checkpoints(desk, settings.secret_key).signer()).public

    typer.echo(_on_database(settings, run))


def _on_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    async def main() -> T:
        async with database(settings) as dsn:
            await bring_up_to_date(dsn)
            async with opened(dsn) as desk:
                return await work(desk)

    return asyncio.run(main())


def _noted(witness: str | None) -> Witness | None:
    try:
        return Witness.of(witness) if witness else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--witness") from error


def _own_key(settings: Settings) -> set[str]:
    """Where the setting makes it, no database is needed to know it."""
    return {Signer(settings.secret_key.encode()).public} if settings.secret_key else set()


def _of_file(file: Path, keys: set[str], witness: Witness | None, *, quiet: bool) -> Verdict:
    try:
        with _bar("Verifying", file.stat().st_size, quiet=quiet) as advance:
            return verify_file(file, keys=keys, witness=witness, advance=advance)
    except (BadLine, OSError) as error:
        typer.echo(inert(f"threadline: {error}"), err=True)  # a stranger wrote the file
        raise typer.Exit(UNREADABLE) from error


async def _select(
    desk: Database, ticket: int | None, start: datetime | None, until: datetime | None, zone: ZoneInfo
) -> tuple[Selection, dict[str, str | int] | None]:
    if ticket is not None and (start or until):
        raise Refused("Choose either --ticket, or --from and --to.")
    if ticket is not None:
        async with desk.single() as session:
            found = (await session.execute(_TICKET_ID, {"number": ticket})).scalar()
        if found is None:
            raise NotFound(f"There is no ticket #{ticket}.")
        return of_ticket(found), {"ticket": ticket}
    if start is None and until is None:
        return EVERYTHING, None
    first = start.replace(tzinfo=zone) if start else datetime.min.replace(year=2000, tzinfo=zone)
    end = until.replace(tzinfo=zone) if until else utc_now()
    return changed_during(first, end), {"from": first.isoformat(), "to": end.isoformat()}


@contextmanager
def _bar(words: str, total: int, *, quiet: bool = False) -> Iterator[Advance]:
    with Progress(console=Console(stderr=True), transient=True, disable=quiet) as bar:
        task = bar.add_task(words, total=total)
        yield lambda done: bar.advance(task, done)


def _code(verdict: Verdict) -> int:
    if verdict.findings:
        return BROKEN
    return UNPROVEN if verdict.doubts else 0


def _data(verdict: Verdict) -> dict[str, object]:
    newest = verdict.newest
    return {
        "proven": _code(verdict) == 0,
        "findings": [_finding(each) for each in verdict.findings],
        "more_findings": verdict.more,
        "doubts": verdict.doubts,
        "remarks": verdict.remarks,
        "streams": verdict.streams,
        "records": verdict.records,
        "checkpoints": verdict.checkpoints,
        "uncovered_records": verdict.uncovered,
        "newest_checkpoint": {"number": newest.number, "at": newest.at.isoformat()} if newest else None,
        "witness": str(Witness(newest.number, newest.digest)) if newest else None,
    }


def _finding(finding: Finding) -> dict[str, object]:
    told = asdict(finding)
    told["stream"] = [finding.stream.kind, str(finding.stream.id)] if finding.stream else None
    return told


def _tell(verdict: Verdict) -> None:
    console = Console()
    counted = f"{verdict.records} records of {verdict.streams} streams and {verdict.checkpoints} checkpoints"
    for finding in verdict.findings:
        console.print(f"[red]✗[/] {escape(inert(finding.words))}", highlight=False)
    if verdict.more:
        console.print(f"[red]✗[/] … and {verdict.more} more.", highlight=False)
    for doubt in verdict.doubts:
        console.print(f"[yellow]![/] {escape(inert(doubt))}", highlight=False)
    for remark in verdict.remarks:
        console.print(f"[dim]· {escape(inert(remark))}[/]", highlight=False)
    if _code(verdict) == 0:
        console.print(f"[green]✓[/] {counted}: nothing was altered, removed or cut off.", highlight=False)
    else:
        state = "The record is broken" if verdict.findings else "Nothing contradicts, but it is not proven"
        console.print(f"{state}. Looked at: {counted}.", highlight=False)
    if (newest := verdict.newest) is not None and not verdict.findings:
        witness = Witness(newest.number, newest.digest)
        console.print(f"Keep this elsewhere, and give it next time with --witness: {witness}", highlight=False)
