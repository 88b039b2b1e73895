"""`threadline doctor`: what is wrong, and what to do about it."""

import asyncio
import json
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from sqlalchemy.ext.asyncio import AsyncEngine

from ai.actions.registry import ActionsUnusable
from app.commands.connect_slack import look_at_slack
from app.commands.findings import (
    IN_A_ROW,
    Finding,
    counted,
    of_actions,
    of_ai,
    of_backlog,
    of_record,
    of_runs,
    of_trouble,
)
from app.commands.repair import repair_and_tell
from app.commands.repair_clocks import doubts_lately
from app.own_actions import desk_actions
from app.run import database
from app.settings import HOME, Settings
from app.socket_state import socket_problem
from app.subscriptions import CARD_JOBS
from app.terminal import inert
from connectors.contract import Setup
from connectors.registry import connect
from core.errors import AccountRefused, ChannelUnavailable
from core.instants import utc_now
from storage.blobs.places import open_store
from storage.blobs.store import BlobStore
from storage.database import Database
from storage.engine import create_engine
from storage.jobs.parked import ParkedJob, count_parked, parked, reasons, retry
from storage.migrate import current, newest
from storage.playbooks import Playbooks
from storage.queries.backlog import behind
from storage.queries.checkpoints import state
from storage.queries.feeds import FailingFeed, failing, socket_state
from storage.queries.hanging import hanging
from storage.queries.model_calls import last_outcomes
from storage.queries.teams import team_channels
from storage.queries.trouble import trouble
from ticketing.playbook.playbook import Playbook

_LATELY = timedelta(hours=1)


def doctor(
    retry_parked: Annotated[bool, typer.Option("--retry", help="Run all parked jobs again.")] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Hold SLA clocks against their records, Slack against the database: mend.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --repair: only say what would be done.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of words.")] = False,
) -> None:
    """Look at the database, the settings and the work that is stuck. Exit code 1 when something needs you."""
    if repair:
        raise typer.Exit(repair_and_tell(dry_run=dry_run, as_json=as_json))
    findings, jobs, retried = asyncio.run(_examine(retry_parked=retry_parked))
    if as_json:
        data = {
            "findings": [asdict(finding) for finding in findings],
            "parked": [asdict(job) | {"created": job.created.isoformat()} for job in jobs],
            "retried": retried,
        }
        typer.echo(json.dumps(data, ensure_ascii=False))
    else:
        _tell(findings, jobs, retried)
    raise typer.Exit(1 if findings else 0)


async def _examine(*, retry_parked: bool) -> tuple[list[Finding], list[ParkedJob], int]:
    settings = Settings()
    async with database(settings) as dsn:
        engine = create_engine(dsn, size=2)
        try:
            findings, jobs, retried = await examine(settings, engine, retry_parked=retry_parked)
            if await current(engine) == newest():
                findings += of_actions(await _playbook(dsn), settings.action_modules)
                if (doubts := await doubts_lately(dsn)) is not None:
                    findings.append(Finding(doubts, "threadline doctor --repair"))
            return findings, jobs, retried
        finally:
            await engine.dispose()


async def _playbook(dsn: str) -> Playbook:
    """The one in force."""
    opened = Database(dsn, size=1)
    try:
        async with opened.snapshot() as session:
            return await Playbooks().current(session)
    finally:
        await opened.close()


async def examine(
    settings: Settings, engine: AsyncEngine, *, retry_parked: bool = False
) -> tuple[list[Finding], list[ParkedJob], int]:
    """What needs a person, what is parked, and how many jobs were queued again."""
    findings = _settings(settings)
    if (problem := await _files_problem(settings)) is not None:
        findings.append(Finding(f"Files cannot be stored: {problem}", "Check ATTACHMENTS_URL and its credentials."))
    at = await current(engine)
    if at != newest():
        what = f"The schema is at {at or 'nothing'}, this version needs {newest()}."
        findings.append(Finding(what, "threadline migrate"))
        return findings, [], 0
    retried = await retry(engine) if retry_parked else 0
    jobs = list(await parked(engine))
    refused = await reasons(engine, AccountRefused)
    findings += [_refused(words, number) for words, number in refused]
    if number := await count_parked(engine) - sum(number for _, number in refused):
        listed = sum(not _is_refused(job) for job in jobs)
        oldest = "" if number == listed else f" The oldest {listed} are listed."
        what = f"{counted(number, 'job is', 'jobs are')} parked after failing again and again.{oldest}"
        findings.append(Finding(what, "threadline doctor --retry"))
    findings += of_trouble(await trouble(engine))
    findings += of_backlog(await behind(engine, CARD_JOBS))
    findings += await _channels(settings)
    if settings.slack is not None:
        looked = await look_at_slack(settings.slack, await team_channels(engine))
        told = "".join(words for words, _ in refused)  # by jobs that wait for the same
        findings += [Finding(each.what, each.todo) for each in looked if not each.ok and each.what not in told]
    problem = socket_problem(await socket_state(engine), utc_now()) if settings.slack_app_token else None
    if problem is not None:
        findings.append(Finding(problem, "threadline bot, or threadline up; if it runs: it goes on trying."))
    findings += [_failing(feed) for feed in await failing(engine, since=utc_now() - _LATELY)]
    findings += of_record(await state(engine), settings.secret_key)
    findings += of_runs(await hanging(engine, now=utc_now()))
    findings += of_ai(await last_outcomes(engine, since=utc_now() - _LATELY, most=IN_A_ROW))
    return findings, jobs, retried


async def _files_problem(settings: Settings) -> str | None:
    try:
        return await BlobStore(open_store(settings.attachments_url, HOME)).problem()
    except ChannelUnavailable as error:
        return error.message


def _is_refused(job: ParkedJob) -> bool:
    return job.error.startswith(f"{AccountRefused.__name__}: ")


def _refused(words: str, number: int) -> Finding:
    """A provider wants something of an admin; the error says what, once for all jobs that wait for it."""
    todo = "Do that, then: threadline doctor --retry"
    return Finding(f"{words} {counted(number, 'job waits', 'jobs wait')} for it.", todo)


def _settings(settings: Settings) -> list[Finding]:
    findings = []
    if not settings.channels:
        todo = "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (WhatsApp), or TELEGRAM_BOT_TOKEN."
        findings.append(Finding("No channel to customers is on.", todo))
    if settings.threadline_brain == "claude" and settings.claude is None:
        findings.append(Finding("Claude has no key, so the offline brain works.", "Set ANTHROPIC_API_KEY."))
    try:
        _ = desk_actions(settings).installed
    except ActionsUnusable as error:
        findings.append(Finding(error.message, "Until then no worker starts, and nothing is understood or answered."))
    if settings.slack is None:
        findings.append(Finding("Slack is off.", "Set SLACK_BOT_TOKEN, and SLACK_SIGNING_SECRET or SLACK_APP_TOKEN."))
    return findings


async def _channels(settings: Settings) -> list[Finding]:
    """What the providers of the channels that are on say of our accounts there."""
    connectors = connect(settings.channels)
    try:
        able = [each for each in connectors.values() if isinstance(each, Setup)]
        checked = await asyncio.gather(*(each.check() for each in able))
    finally:
        await asyncio.gather(*(each.close() for each in connectors.values()))
    return [Finding(check.what, check.todo) for checks in checked for check in checks if not check.ok]


def _failing(feed: FailingFeed) -> Finding:
    since = feed.since.strftime("%Y-%m-%d %H:%M UTC")
    what = f"New messages of {feed.channel.capitalize()} cannot be fetched since {since}: {feed.error}"
    return Finding(what, "They wait with the provider; they are fetched as soon as it can be done.")


def _tell(findings: list[Finding], jobs: list[ParkedJob], retried: int) -> None:
    console = Console()
    if retried:
        console.print(f"{counted(retried, 'parked job was', 'parked jobs were')} queued again.", highlight=False)
    if not findings:
        console.print("[green]✓[/] Everything is in order.")
    for finding in findings:
        console.print(
            f"[yellow]![/] {escape(inert(finding.what))}\n  [dim]→ {escape(inert(finding.todo))}[/]", highlight=False
        )
    for job in jobs:
        if _is_refused(job):  # said above, once for all
            continue
        console.print(
            f"  [dim]job {job.id}[/] {job.name} after {job.attempts + 1} attempts: {escape(job.error)}",
            highlight=False,
            markup=True,
        )
