"""`threadline playbook`: check, compare, try out, apply and look at the process of the desk."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.commands.desk import with_database, with_services
from app.commands.playbook_followed import all_versions, data_of, tell_versions, wait_for_tickets
from app.commands.playbook_told import tell_differences, tell_problems, tell_rehearsal
from app.commands.playbook_trial import rehearse
from app.playbooks import Installed, installed_actions, read_playbook
from app.services import Services
from app.terminal import inert
from core.errors import NotFound, Refused
from ticketing.people.actor import SYSTEM, Actor, person_acting
from ticketing.playbook.apply import AlreadyInForce, PlaybookRefused, apply_playbook, checked
from ticketing.playbook.diff import differences
from ticketing.playbook.difference import Difference
from ticketing.playbook.drawing import as_svg, as_text
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.succession import Wanted, succeed
from ticketing.playbook.version import Version

playbook = typer.Typer(help="The process of the desk: its types, lifecycles, fields, approvals.", no_args_is_help=True)

DIFFERENT, BROKEN = 1, 2  # exit codes; of a refusal 1
FOLLOWING = " Tickets follow as jobs: `threadline playbook versions` says how far they are."

File = Annotated[Path, typer.Argument(help="A playbook in YAML.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print data instead of words.")]
Mapping = Annotated[
    list[str] | None,
    typer.Option("--map", help="Where tickets go: old=new, lifecycle.old=new or type:old=new. Can be repeated."),
]


@playbook.command("check")
def check(
    file: File,
    desk: Annotated[bool, typer.Option("--desk", help="Names of teams and people are checked, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say everything that is wrong with a playbook. Exit 0: nothing, 2: something.

    Actions that it names are looked for where THREADLINE_ACTIONS names some.
    """
    names = with_services(_names) if desk else (None, None)
    document = read_playbook(file)
    found = checked_here(document, file, *names, as_json=as_json)
    if as_json:
        typer.echo("[]")
    else:
        counts = (f"{len(found.types)} types", f"{len(found.lifecycles)} lifecycles", f"{len(found.fields)} fields")
        typer.echo(f"{file}: “{inert(found.name)}” is a playbook: {', '.join(counts)}.")


@playbook.command("diff")
def diff(file: File, as_json: AsJson = False) -> None:
    """What would be different from the playbook in force. Exit 0: nothing, 1: something, 2: the file is broken."""
    after = checked_here(read_playbook(file), file, as_json=as_json)
    found = differences(with_services(lambda made: made.desk.playbook()), after)
    if as_json:
        typer.echo(_data(found))
    else:
        tell_differences(found)
    raise typer.Exit(DIFFERENT if found else 0)


@playbook.command("apply")
def apply(
    file: File,
    mapping: Mapping = None,
    by: Annotated[str | None, typer.Option("--by", help="E-mail of the admin who does it.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Stay until all tickets have followed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a playbook in force, after showing what is different and asking. Tickets follow by themselves."""
    document, wanted = read_playbook(file), Wanted.read(mapping or ())
    checked_here(document, file, as_json=as_json)

    async def run(made: Services) -> None:
        before, after, moving = await _looked_at(made, document, file, wanted)
        found = differences(before, after)
        if not as_json:
            tell_differences(found)
            _tell_moving(moving)
        if not yes and not typer.confirm("Put it in force?"):
            raise typer.Exit(1)
        applied = await apply_playbook(
            document,
            file=file.name,
            wanted=wanted,
            by=await _actor(made, by),
            expected=before.version,
            actions=installed_actions(),
            uow=made.start(),
            now=made.clock(),
        )
        if as_json:
            typer.echo(json.dumps({"version": applied.version, "moving": moving}, ensure_ascii=False))
        else:
            typer.echo(f"Version {applied.version} is in force.{FOLLOWING if moving and not wait else ''}")
        if wait:
            await wait_for_tickets(made, applied.version, quiet=as_json)

    try:
        with_services(run)
    except PlaybookRefused as refused:
        tell_problems(refused.problems, document, as_json=as_json)
        raise typer.Exit(BROKEN) from refused
    except AlreadyInForce as refused:
        typer.echo(refused.message)


async def _looked_at(
    made: Services, document: bytes, file: Path, wanted: Wanted
) -> tuple[Playbook, Playbook, dict[str, int]]:
    """What is in force, what would be, and how many tickets would move: "Open → New" to their number."""
    names = await _names(made)
    after = checked(document, file=file.name, teams=names[0], people=names[1], actions=installed_actions())
    async with made.start() as uow:
        standing, before = await uow.versions.standing(), await uow.playbook()
    made_of = succeed(before, after, standing, wanted).into(after, version=before.version + 1)
    moving: dict[str, int] = {}
    for each in standing:
        kind = made_of.type(each.type)
        status = made_of.lifecycle(each.type).status(each.status)
        if (kind.key, status.key) != (each.type, each.status):
            path = f"{each.type}, {each.status} → {kind.label}, {status.label}"
            moving[path] = moving.get(path, 0) + each.tickets
    return before, made_of, moving


def _tell_moving(moving: dict[str, int]) -> None:
    for path, tickets in moving.items():
        typer.echo(f"{tickets:,} {'ticket moves' if tickets == 1 else 'tickets move'}: {path}")


@playbook.command("dry-run")
def dry_run(
    file: File,
    last: Annotated[int, typer.Option("--last", min=1, help="So many tickets, the newest.")] = 1000,
    mapping: Mapping = None,
    as_json: AsJson = False,
) -> None:
    """Try a playbook on what past tickets went through, and say what would have been otherwise. Changes nothing."""
    after, wanted = checked_here(read_playbook(file), file, as_json=as_json), Wanted.read(mapping or ())
    rehearsal, missing = with_database(lambda dsn: rehearse(dsn, after, wanted, last, quiet=as_json))
    if as_json:
        found = [asdict(each) for each in rehearsal.found]
        told = {"tickets": rehearsal.tickets, "changes": rehearsal.steps, "found": found, "mapping_missing": missing}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        tell_rehearsal(rehearsal, missing)


@playbook.command("show")
def show(
    version: Annotated[int | None, typer.Option("--version", help="An earlier one instead.")] = None,
) -> None:
    """Print the playbook in force as it was written."""
    found = with_services(lambda made: _version(made, version))
    typer.echo(found.text, nl=not found.text.endswith("\n"))


@playbook.command("versions")
def versions(as_json: AsJson = False) -> None:
    """Every playbook that was in force, the newest first, and how far tickets have followed it."""
    found = with_services(all_versions)
    if as_json:
        typer.echo(json.dumps([data_of(*each) for each in found], ensure_ascii=False))
    elif found:
        tell_versions(found)
    else:
        typer.echo("None was ever applied: the desk follows a plain process.")


@playbook.command("graph")
def graph(
    file: Annotated[Path | None, typer.Argument(help="A playbook in YAML. Left out: the one in force.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="Only the lifecycle of this type (its key).")] = None,
    lifecycle: Annotated[str | None, typer.Option("--lifecycle", help="Only this lifecycle (its key).")] = None,
    svg: Annotated[Path | None, typer.Option("--svg", help="Write a drawing to this file.")] = None,
) -> None:
    """Show where tickets go: as text, or as a drawing."""
    drawn = checked_here(read_playbook(file), file) if file else with_services(lambda made: made.desk.playbook())
    chosen = _chosen(drawn, type_, lifecycle)
    if svg is None:
        typer.echo(as_text(chosen, drawn))
        return
    try:
        svg.write_text(as_svg(chosen, drawn), encoding="utf-8")
    except OSError as error:
        raise Refused(f"{svg} cannot be written: {error.strerror or error}.") from error
    typer.echo(f"{svg} is written.")


def _chosen(drawn: Playbook, type_: str | None, lifecycle: str | None) -> Sequence[Lifecycle]:
    """Raises NotFound."""
    if type_ is not None:
        if type_ not in drawn.types:
            raise NotFound(f"There is no type “{type_}”. There are: {', '.join(drawn.types)}.")
        lifecycle = drawn.types[type_].lifecycle
    if lifecycle is None:
        return list(drawn.lifecycles.values())
    if lifecycle not in drawn.lifecycles:
        raise NotFound(f"There is no lifecycle “{lifecycle}”. There are: {', '.join(drawn.lifecycles)}.")
    return [drawn.lifecycles[lifecycle]]


def checked_here(
    document: bytes,
    file: Path,
    teams: Sequence[str] | None = None,
    people: Sequence[str] | None = None,
    *,
    as_json: bool = False,
    installed: Callable[[], Installed] = installed_actions,
) -> Playbook:
    """Ends the program where there are problems, having told them. `installed`: the actions that it may name."""
    try:
        return checked(document, file=file.name, teams=teams, people=people, actions=installed())
    except PlaybookRefused as refused:
        tell_problems(refused.problems, document, as_json=as_json)
        raise typer.Exit(BROKEN) from refused


async def _names(made: Services) -> tuple[Sequence[str], Sequence[str]]:
    """Of the desk's teams, and e-mail addresses of its people."""
    async with made.start() as uow:
        return [team.name for team in await uow.people.teams()], [each.email for each in await uow.people.all()]


async def _actor(made: Services, email: str | None) -> Actor:
    if email is None:
        return SYSTEM
    async with made.start() as uow:
        person = await uow.people.by_email(email.strip().lower())
    if person is None:
        raise NotFound(f"Nobody of the desk has the e-mail {email}: see `threadline people list`.")
    return person_acting(person)


async def _version(made: Services, number: int | None) -> Version:
    async with made.start() as uow:
        newest = await uow.versions.newest()
        if not newest:
            raise NotFound("No playbook was ever applied: the desk follows a plain process.")
        return await uow.versions.get(number or newest)


def _data(found: Sequence[Difference]) -> str:
    return json.dumps([asdict(each) for each in found], ensure_ascii=False)
