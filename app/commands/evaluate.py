"""`threadline eval triage`: how well a brain understands, on cases of your own."""

import asyncio
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.settings import HOME

evaluations = typer.Typer(help="Measure the AI.", no_args_is_help=True)


class BrainName(StrEnum):
    OFFLINE = "offline"


@evaluations.command()
def triage(
    file: Annotated[Path, typer.Argument(help="JSONL: text, and any of ticket_worthy, intent, category, sentiment.")],
    brain: Annotated[BrainName, typer.Option(help="Which brain.")] = BrainName.OFFLINE,  # noqa: ARG001 - one so far
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of tables.")] = False,
) -> None:
    """Accuracy, precision and recall, confusion, calibration and latency of triage."""
    # Here and not above: the models' libraries are large, and the other commands do without them.
    from ai.evaluation import evaluate, load_cases
    from ai.offline import OfflineBrain

    cases = load_cases(file)
    report = asyncio.run(evaluate(cases, OfflineBrain.train(cache=HOME / "var" / "cache")))
    if as_json:
        typer.echo(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        report.render(Console())
