"""`threadline eval`: how well a brain understands, on cases of your own or on what people corrected."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from app.commands.measured_brain import Books, BrainName, measured_brain
from app.run import bring_up_to_date, database
from app.settings import Settings
from storage.engine import create_engine
from storage.queries.corrections import corrections as kept_corrections
from ticketing.triage.correction import Example, examples
from ticketing.triage.model_call import ModelCall

if TYPE_CHECKING:  # the models' libraries are large, and the other commands do without them
    from ai.evaluation import Case, Report
    from ai.proposal_evaluation import Labelled, ProposalReport

evaluations = typer.Typer(help="Measure the AI.", no_args_is_help=True)


@evaluations.command()
def triage(
    file: Annotated[Path, typer.Argument(help="JSONL: text, and any of ticket_worthy, intent, category, sentiment.")],
    brain: Annotated[BrainName, typer.Option(help="Which brain; claude costs money.")] = BrainName.OFFLINE,
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of tables.")] = False,
) -> None:
    """Accuracy, precision and recall, confusion, calibration and latency of triage."""
    from ai.evaluation import load_cases

    cases = load_cases(file)
    report, calls = asyncio.run(_measured(cases, brain))
    if as_json:
        typer.echo(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        report.render(Console())
    _tell_cost(calls)


@evaluations.command()
def resolve(
    file: Annotated[
        Path | None,
        typer.Argument(help="JSONL: messages, recipes, right, lacks, language. Left out: the bundled cases."),
    ] = None,
    brain: Annotated[BrainName, typer.Option(help="Which brain; claude costs money.")] = BrainName.OFFLINE,
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of tables.")] = False,
) -> None:
    """What it proposes for tickets that it may solve: right, wrong, and what it should have left to a person."""
    from ai.proposal_evaluation import BUNDLED, load_proposals

    cases = load_proposals(file or BUNDLED)
    report, calls = asyncio.run(_proposing(cases, brain))
    if as_json:
        typer.echo(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        report.render(Console())
    _tell_cost(calls)


def _tell_cost(calls: Sequence[ModelCall]) -> None:
    if calls:
        read = sum(call.usage.input + call.usage.cache_write + call.usage.cache_read for call in calls)
        written = sum(call.usage.output for call in calls)
        cost = sum(call.cost for call in calls) / 1_000_000
        typer.echo(f"{len(calls)} calls, {read:,} tokens in, {written:,} out, ${cost:.4f}", err=True)


async def _proposing(cases: "Sequence[Labelled]", name: BrainName) -> "tuple[ProposalReport, list[ModelCall]]":
    from ai.proposal_evaluation import evaluate_proposals

    books = Books()
    async with measured_brain(name, books) as brain:
        return await evaluate_proposals(cases, brain), books.calls


async def _measured(cases: "Sequence[Case]", name: BrainName) -> "tuple[Report, list[ModelCall]]":
    from ai.evaluation import evaluate

    books = Books()
    async with measured_brain(name, books) as brain:
        return await evaluate(cases, brain), books.calls


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
