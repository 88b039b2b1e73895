"""`threadline eval`: how well a brain understands, on cases of your own or on what people corrected."""

import asyncio
import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.run import bring_up_to_date, database
from app.settings import HOME, Settings
from storage.engine import create_engine
from storage.queries.corrections import corrections as kept_corrections
from ticketing.triage.correction import Example, examples

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


@evaluations.command()
def corrections(
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what was corrected on or after this day, UTC.")
    ] = None,
) -> None:
    """What people corrected, as JSONL that `eval triage` reads. It holds customers' words: keep it as safe as those."""
    first = since.replace(tzinfo=UTC) if since else datetime.fromtimestamp(0, UTC)
    found = asyncio.run(_corrected(first))
    for example in found:
        line = {
            "text": example.text,
            **example.right,
            "said": example.said,
            "corrections": [kind.value for kind in example.kinds],
            "at": example.at.isoformat(),
        }
        typer.echo(json.dumps(line, ensure_ascii=False))
    if not found:
        typer.echo("Nothing was corrected, or all of it was taken back.", err=True)


async def _corrected(since: datetime) -> list[Example]:
    settings = Settings()
    async with database(settings) as dsn:
        await bring_up_to_date(dsn)
        engine = create_engine(dsn, size=1)
        try:
            return examples(await kept_corrections(engine, since=since))
        finally:
            await engine.dispose()
