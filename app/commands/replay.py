"""`threadline replay`: decisions of the AI's policy, judged again from the record. Calls no action, asks no brain."""

import json
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress

from app.commands.chosen_run import run_called
from app.commands.desk import with_database
from app.commands.playbook import checked_here
from app.commands.replay_told import data_of_draft, data_of_run, tell_draft, tell_run
from app.playbooks import read_playbook
from core.errors import NotFound, Refused
from storage.database import Database, Session
from storage.past_runs import count_past_runs, past_runs
from storage.playbooks import Playbooks
from storage.work.runs import Runs
from ticketing.playbook.playbook import Playbook
from ticketing.resolution.replay import JudgedAgain, judged_again
from ticketing.resolution.run import StepKind
from ticketing.resolution.trial import Trial, version_of

OTHERWISE = 1  # exit code: a verdict is not the one in the record


def replay(
    run: Annotated[
        str | None, typer.Argument(help="As `runs list` prints it; or a ticket's number: its newest run.")
    ] = None,
    draft: Annotated[Path | None, typer.Option("--draft", help="A playbook to try on past runs instead.")] = None,
    last: Annotated[int, typer.Option("--last", min=1, help="So many runs, the newest; with --draft.")] = 1000,
    type_: Annotated[str | None, typer.Option("--type", help="Only tickets of this type (its key).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of words.")] = False,
) -> None:
    """Judge again what the AI decided, from the record alone. Changes nothing.

    With a run: by the playbook it was decided by. Exit 0: every verdict is the same, 1: one is not.
    With --draft: by another playbook, to see what would have come out otherwise. Exit 2: the file is broken.
    """
    if (run is None) == (draft is None):
        raise Refused("Name a run, or a playbook with --draft: one of the two.")
    if draft is not None:
        after = checked_here(read_playbook(draft), draft, as_json=as_json)
        found = with_database(lambda dsn: _tried(dsn, after, last, type_, quiet=as_json))
        if as_json:
            typer.echo(json.dumps(data_of_draft(found), ensure_ascii=False))
        else:
            tell_draft(found)
        return
    run_id, again = with_database(lambda dsn: _again(dsn, run or ""))
    if as_json:
        typer.echo(json.dumps(data_of_run(run_id, again), ensure_ascii=False))
    else:
        tell_run(run_id, again)
    raise typer.Exit(0 if all(each.is_same for each in again) else OTHERWISE)


async def _again(dsn: str, said: str) -> tuple[UUID, list[JudgedAgain]]:
    database, versions = Database(dsn, size=1), _Versions()
    try:
        async with database.snapshot() as session:
            kept, run_id = Runs(session), await run_called(said, session)
            await kept.get(run_id)
            steps = [step for step in await kept.steps(run_id) if step.kind is StepKind.DECIDE]
            again = [judged_again(step, await versions.get(session, step.inputs.get("playbook"))) for step in steps]
            return run_id, again
    finally:
        await database.close()


async def _tried(dsn: str, after: Playbook, last: int, kind: str | None, *, quiet: bool) -> Trial:
    database, versions = Database(dsn, size=1), _Versions()
    try:
        async with database.snapshot() as session:
            if kind is not None and kind not in (await Playbooks().current(session)).types:
                raise NotFound(f"There is no type “{kind}” in the playbook in force.")
            trial = Trial(after, versions.known)
            total = await count_past_runs(session, last, kind=kind)
            with Progress(console=Console(stderr=True), transient=True, disable=quiet) as bar:
                task = bar.add_task("Judging", total=total)
                async for page in past_runs(session, last, kind=kind):
                    for past in page:
                        await versions.get(session, version_of(past))
                        trial.add(past)
                    bar.advance(task, len(page))
            return trial
    finally:
        await database.close()


class _Versions:
    """The playbooks that were in force, each compiled once."""

    def __init__(self) -> None:
        self.known: dict[int, Playbook] = {}
        self._gone: set[object] = set()

    async def get(self, session: Session, number: object) -> Playbook | None:
        """None: there is none of this number, or this program does not understand it."""
        if not isinstance(number, int) or number in self._gone:
            return None
        if number not in self.known:
            try:
                self.known[number] = await Playbooks().numbered(session, number)
            except (LookupError, RuntimeError):
                self._gone.add(number)
        return self.known.get(number)
