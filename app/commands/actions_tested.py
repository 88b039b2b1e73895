"""`threadline actions test`: a file of cases, really called, each against what has to come of it."""

import json
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ai.actions.cases import Cases, Tried, try_case, wrong
from ai.actions.desk_actions import CallableActions
from app.commands.actions import BROKEN, FAILED, FromPlaybook, Yes, actions, with_actions
from app.terminal import inert
from core.instants import utc_now

_MOST_BYTES = 1024 * 1024


@actions.command("test")
def try_cases(
    file: Annotated[Path, typer.Argument(help="YAML: a list `cases` (docs/actions.md).")],
    playbook: FromPlaybook = None,
    yes: Yes = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of a table.")] = False,
) -> None:
    """Call the actions of a file of cases, and compare. Exit 0: all as expected, 1: not, 2: the file is unreadable."""
    cases = _read(file)

    async def run(made: CallableActions) -> Sequence[Tried]:
        writing = [each for each in cases.cases if (spec := made.specs.get(each.action)) and spec.writes]
        if writing and not yes and not typer.confirm(f"{len(writing)} of the cases write elsewhere. Go on?", err=True):
            raise typer.Exit(FAILED)
        return [await try_case(each, made, key=str(uuid.uuid4()), now=utc_now()) for each in cases.cases]

    tried = with_actions(run, playbook)
    _print_data(tried) if as_json else _print(tried)
    raise typer.Exit(FAILED if any(each.faults for each in tried) else 0)


def _read(file: Path) -> Cases:
    try:
        text = file.read_bytes()
        if len(text) > _MOST_BYTES:
            raise _unreadable(f"{file} has more than {_MOST_BYTES // 1024} KB.")
        return Cases.model_validate(YAML(typ="safe", pure=True).load(text))
    except OSError as error:
        raise _unreadable(f"{file} cannot be read: {error.strerror}.") from error
    except YAMLError as error:
        raise _unreadable(f"{file} is no YAML: {error}") from error
    except ValidationError as error:
        raise _unreadable("\n".join(f"{file}: {words}" for words in wrong(error))) from error


def _unreadable(words: str) -> typer.Exit:
    for line in words.splitlines():
        typer.echo(f"threadline: {inert(line)}", err=True)
    return typer.Exit(BROKEN)


def _print_data(tried: Sequence[Tried]) -> None:
    data: list[dict[str, Any]] = [
        {
            "name": each.case.name or each.case.action,
            "action": each.case.action,
            "passed": not each.faults,
            "faults": each.faults,
            "outcome": each.outcome.kind.value,
            "words": each.outcome.words,
            "value": each.outcome.value,
            "took_ms": each.outcome.took_ms,
        }
        for each in tried
    ]
    typer.echo(json.dumps(data, ensure_ascii=False))


def _print(tried: Sequence[Tried]) -> None:
    table = Table("", "Case", "Outcome", "ms", "What is otherwise")
    for each in tried:
        faults = "\n".join(inert(fault) for fault in each.faults)
        name = inert(each.case.name or each.case.action)
        table.add_row("✗" if each.faults else "✓", name, each.outcome.kind.value, f"{each.outcome.took_ms:g}", faults)
    Console(markup=False).print(table)
    failed = sum(bool(each.faults) for each in tried)
    typer.echo(
        f"{failed} of {len(tried)} cases came out otherwise." if failed else f"All {len(tried)} are as expected."
    )
