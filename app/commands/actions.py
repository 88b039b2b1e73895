"""`threadline actions`: what this desk can do in other systems, tried by hand."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from ai.actions.desk_actions import CallableActions, DeskActions
from app.commands.playbook_told import tell_problems
from app.own_actions import desk_actions
from app.playbooks import read_playbook
from app.settings import Settings
from app.terminal import inert
from core.errors import NotFound, Refused
from core.instants import utc_now
from threadline import ActionSpec, Actor, Context, Customer, Identity, Outcome, OutcomeKind, Parameter, Shape, Sort
from ticketing.playbook.closest import closest
from ticketing.playbook.language import compile_playbook

actions = typer.Typer(help="What this desk can do in other systems, and trying it by hand.", no_args_is_help=True)

FAILED, BROKEN = 1, 2  # exit codes
T = TypeVar("T")

FromPlaybook = Annotated[
    Path | None, typer.Option("--playbook", help="A playbook: the actions that it declares, beside those installed.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before something is written elsewhere.")]


@actions.command("list")
def list_actions(
    playbook: FromPlaybook = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print data, with the schema of the arguments.")] = False,
) -> None:
    """All actions: what they take, whether they write, and who may call them."""

    async def read(made: CallableActions) -> Sequence[ActionSpec]:
        return list(made.specs.values())

    found = with_actions(read, playbook)
    if as_json:
        typer.echo(json.dumps([_data(each) for each in found], ensure_ascii=False))
        return
    if not found:
        typer.echo(
            "This desk has no actions yet. Name modules in THREADLINE_ACTIONS; docs/actions.md begins from nothing."
        )
        return
    table = Table("Action", "Takes", "", "For", "What it does", show_lines=True)
    for each in found:
        takes = "\n".join(map(_taken, each.parameters))
        table.add_row(each.name, takes, _writes(each), ", ".join(sorted(each.may)), inert(each.description))
    Console(markup=False).print(table)


@actions.command()
def call(
    name: Annotated[str, typer.Argument(help="Its name, as `threadline actions list` shows it.")],
    argument: Annotated[list[str] | None, typer.Option("--argument", "-a", help="name=value; can be repeated.")] = None,
    given: Annotated[str | None, typer.Option("--json", help='All arguments as JSON: \'{"order": "78932"}\'.')] = None,
    customer: Annotated[
        list[str] | None,
        typer.Option(help="An address or number that the customer has proven to have; can be repeated."),
    ] = None,
    key: Annotated[str | None, typer.Option(help="The idempotency key of a call that is tried again.")] = None,
    playbook: FromPlaybook = None,
    yes: Yes = False,
) -> None:
    """Call an action as an agent, and print what it gives as JSON. One that writes asks first. Exit 0: done, 1: not."""
    arguments = _arguments(argument or (), given)
    identities = tuple(Identity("command line", each, verified=True) for each in customer or ())
    context = Context(
        Actor("agent", "Somebody at the command line"),
        utc_now(),
        key or str(uuid.uuid4()),
        customer=Customer("A customer", identities=identities) if identities else None,
    )

    async def run(made: CallableActions) -> tuple[Outcome, bool]:
        spec = made.specs.get(name)
        if spec is None:
            raise NotFound(f"There is no action {name}. {closest(name, made.specs)}")
        if spec.writes and not yes:
            _confirm(spec, arguments)
        return await made.call(name, arguments, context), spec.writes

    outcome, writes = with_actions(run, playbook)
    _tell(outcome, context.idempotency_key if writes else None)


def with_actions(work: Callable[[CallableActions], Awaitable[T]], playbook: Path | None) -> T:
    """Run `work` on the actions of the settings, and on those of a playbook."""

    async def main() -> T:
        desk = desk_actions(Settings())
        try:
            return await work(_of(desk, playbook))
        finally:
            await desk.close()

    return asyncio.run(main())


def _of(desk: DeskActions, path: Path | None) -> CallableActions:
    if path is None:
        return desk.installed
    document = read_playbook(path)
    compiled = compile_playbook(document, file=str(path))
    if compiled.playbook is None:
        tell_problems(compiled.problems, document, as_json=False)
        raise typer.Exit(BROKEN)
    return desk.of(compiled.playbook)


def _arguments(pairs: Sequence[str], given: str | None) -> dict[str, Any]:
    """Texts, which the action reads as what it takes; of --json what stands there."""
    found: dict[str, Any] = {}
    if given is not None:
        try:
            found = json.loads(given)
        except ValueError as error:
            raise Refused(f"--json is no JSON: {error}.") from error
        if not isinstance(found, dict):
            raise Refused('--json has to be an object, such as {"order": "78932"}.')
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Refused(f"{pair!r} is no argument: write name=value.")
        found[name] = value
    return found


def _confirm(spec: ActionSpec, arguments: Mapping[str, Any]) -> None:
    typer.echo(f"{spec.name} writes: {inert(spec.description)}", err=True)
    for name, value in arguments.items():
        typer.echo(f"  {inert(name)} = {inert(str(value))}", err=True)
    if spec.approval:
        typer.echo(f"  At the desk somebody has to agree where {inert(spec.approval)}.", err=True)
    if not typer.confirm("Call it?", err=True):
        raise typer.Exit(FAILED)


def _tell(outcome: Outcome, key: str | None) -> None:
    """Data to standard output, words to standard error."""
    if outcome.kind is OutcomeKind.DONE:
        typer.echo(json.dumps(outcome.value, ensure_ascii=False, indent=2))
        return
    later = f" Try again in {outcome.retry_after:g} seconds." if outcome.retry_after else ""
    again = ""
    if key and outcome.kind is OutcomeKind.UNAVAILABLE:
        perhaps = " It may have been done." if outcome.perhaps_done else ""
        again = f"{perhaps} With --key {key} it is the same call, which is not done twice."
    typer.echo(f"threadline: {outcome.kind.value}: {inert(outcome.words)}{later}{again}", err=True)
    raise typer.Exit(FAILED)


def _taken(parameter: Parameter) -> str:
    text = f"{parameter.name}: {_said(parameter.shape)}"
    return inert(text if parameter.required else f"[{text}]")


def _said(shape: Shape) -> str:
    if shape.options:
        return f"one of {', '.join(shape.options)}"
    return f"list of {_said(shape.item)}" if shape.sort is Sort.LIST and shape.item else shape.sort.replace("_", "/")


def _writes(spec: ActionSpec) -> str:
    if not spec.writes:
        return "reads"
    return "writes" if spec.idempotent else "writes, not idempotent"


def _data(spec: ActionSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "description": spec.description,
        "writes": spec.writes,
        "may": sorted(spec.may),
        "idempotent": spec.idempotent,
        "timeout": spec.timeout,
        "approval": spec.approval,
        "fills": dict(spec.fills),
        "parameters": dict(spec.parameters_schema),
    }
