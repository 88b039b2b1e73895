"""`threadline doctor`: what is wrong, and what to do about it."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from sqlalchemy.ext.asyncio import AsyncEngine

from app.commands.connect_slack import look_at_slack
from app.commands.repair import repair_and_tell
from app.commands.repair_clocks import doubts_lately
from app.run import database
from app.settings import HOME, Settings
from app.socket_state import socket_problem
from app.terminal import inert
from connectors.contract import Setup
from connectors.registry import connect
from core.errors import AccountRefused, ChannelUnavailable
from core.instants import utc_now
from storage.blobs.places import open_store
from storage.blobs.store import BlobStore
from storage.engine import create_engine
from storage.jobs.parked import ParkedJob, count_parked, parked, reasons, retry
from storage.migrate import current, newest
from storage.queries.checkpoints import State, state
from storage.queries.feeds import FailingFeed, failing, socket_state
from storage.queries.model_calls import last_outcomes
from storage.queries.teams import team_channels
from storage.queries.trouble import Trouble, trouble
from ticketing.activity.checkpoint import LATE, Signer, digest, is_signed
from ticketing.triage.model_call import Outcome

_LATELY = timedelta(hours=1)
_IN_A_ROW = 3  # so many failed calls are no accident


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that needs a person. `todo` is what to do."""

    what: str
    todo: str


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
            if await current(engine) == newest() and (doubts := await doubts_lately(dsn)) is not None:
                findings.append(Finding(doubts, "threadline doctor --repair"))
            return findings, jobs, retried
        finally:
            await engine.dispose()


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
        what = f"{_counted(number, 'job is', 'jobs are')} parked after failing again and again.{oldest}"
        findings.append(Finding(what, "threadline doctor --retry"))
    findings += _trouble(await trouble(engine))
    findings += await _channels(settings)
    if settings.slack is not None:
        looked = await look_at_slack(settings.slack, await team_channels(engine))
        told = "".join(words for words, _ in refused)  # by jobs that wait for the same
        findings += [Finding(each.what, each.todo) for each in looked if not each.ok and each.what not in told]
    problem = socket_problem(await socket_state(engine), utc_now()) if settings.slack_app_token else None
    if problem is not None:
        findings.append(Finding(problem, "threadline bot, or threadline up; if it runs: it goes on trying."))
    findings += [_failing(feed) for feed in await failing(engine, since=utc_now() - _LATELY)]
    findings += _record(await state(engine), settings.secret_key)
    findings += _ai(await last_outcomes(engine, since=utc_now() - _LATELY, most=_IN_A_ROW))
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
    return Finding(f"{words} {_counted(number, 'job waits', 'jobs wait')} for it.", todo)


def _settings(settings: Settings) -> list[Finding]:
    findings = []
    if not settings.channels:
        todo = "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (WhatsApp), or TELEGRAM_BOT_TOKEN."
        findings.append(Finding("No channel to customers is on.", todo))
    if settings.threadline_brain == "claude" and settings.claude is None:
        findings.append(Finding("Claude has no key, so the offline brain works.", "Set ANTHROPIC_API_KEY."))
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


def _record(found: State, key: str | None) -> list[Finding]:
    """Whether the record of changes is signed as it should be."""
    newest, now = found.newest, utc_now()
    if newest is None:
        if found.oldest is None or now - found.oldest < LATE:
            return []
        return [Finding("No checkpoint of the record of changes was ever made.", "Run the clock: threadline clock")]
    findings = []
    at = newest.at.strftime("%Y-%m-%d %H:%M UTC")
    if found.is_pending and now - newest.at > LATE:
        hours = int((now - newest.at) / timedelta(hours=1))
        what = f"The newest checkpoint of the record of changes is {hours} hours old ({at})."
        findings.append(Finding(what, "Run the clock; then: threadline audit verify"))
    secret = key.encode() if key else found.secret
    if newest.digest != digest(newest) or not is_signed(newest):
        what = f"The newest checkpoint of the record of changes ({at}) has a false signature."
        findings.append(Finding(what, "Somebody changed it in the database: threadline audit verify"))
    elif secret is not None and newest.key != Signer(secret).public:
        what = f"The newest checkpoint of the record of changes ({at}) is signed with another key than ours."
        todo = "If SECRET_KEY was changed, the next one is right again; else: threadline audit verify"
        findings.append(Finding(what, todo))
    if found.left_out:
        what = f"{_counted(found.left_out, 'stream does', 'streams do')} not hold in the record of changes."
        findings.append(Finding(what, "threadline audit verify"))
    return findings


def _ai(outcomes: Sequence[str]) -> list[Finding]:
    """Of the newest calls of a model, the newest first."""
    if outcomes and outcomes[0] == Outcome.ACCOUNT_REFUSED:
        todo = "Check ANTHROPIC_API_KEY and ANTHROPIC_MODEL, and your balance with Anthropic."
        return [Finding("Anthropic refuses our account.", todo)]
    if len(outcomes) == _IN_A_ROW and Outcome.OK not in outcomes:
        kinds = ", ".join(sorted({outcome.replace("_", " ") for outcome in outcomes}))
        todo = "People get what it cannot read. If it lasts: threadline ai off, or THREADLINE_BRAIN=offline."
        return [Finding(f"The last {_IN_A_ROW} calls of the AI failed ({kinds}).", todo)]
    return []


def _trouble(found: Trouble) -> list[Finding]:
    findings = []
    if found.teams_without_channel:
        names = ", ".join(found.teams_without_channel)
        todo = "threadline teams add NAME --slack-channel C…"
        findings.append(Finding(f"Teams without a Slack channel: {names}.", todo))
    if not found.has_default_team:
        todo = "threadline teams add Support --slack-channel C…"
        findings.append(Finding("There is no team, so tickets have no Slack channel.", todo))
    if not found.ai_is_on:
        findings.append(Finding("The AI is switched off, so people get every message.", "threadline ai on"))
    findings += _templates(found)
    if not found.has_people:
        findings.append(Finding("Nobody works here yet.", "threadline people add mia@example.com --role admin"))
    if found.not_in_slack:
        what = f"Nobody in Slack has these addresses, so they were not told: {', '.join(found.not_in_slack)}."
        findings.append(Finding(what, "Give people the e-mail of their Slack profile, or invite them to Slack."))
    if found.left_behind:
        what = f"Tickets of somebody who has left: {', '.join(found.left_behind)}."
        findings.append(Finding(what, "Take them over or assign them, on their cards in Slack."))
    if found.unreadable:
        events = _counted(found.unreadable, "event from a provider", "events from providers")
        what = f"{events} could not be read, or came about messages that are not ours."
        findings.append(Finding(what, "They are kept in the table `inbox`, with the reason in `note`."))
    if found.files_gone:
        words = _counted(found.files_gone, "file could not be fetched", "files could not be fetched")
        findings.append(Finding(f"{words} in the last day.", "Their tickets say why; ask the customers to send again."))
    if found.unknown_replies:
        findings.append(
            Finding(
                f"{_counted(found.unknown_replies, 'reply', 'replies')} may or may not have arrived.",
                "Look at their tickets in Slack.",
            )
        )
    return findings


def _templates(found: Trouble) -> list[Finding]:
    findings = []
    if found.bad_templates:
        todo = "Mend them at the provider, then: threadline templates sync"
        findings.append(Finding(f"Templates that cannot be sent: {', '.join(found.bad_templates)}.", todo))
    if found.without_fallback:
        what = (
            f"No template carries replies whose 24 hours ended before they left ({', '.join(found.without_fallback)})."
        )
        findings.append(Finding(what, "threadline templates fallback NAME"))
    return findings


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _tell(findings: list[Finding], jobs: list[ParkedJob], retried: int) -> None:
    console = Console()
    if retried:
        console.print(f"{_counted(retried, 'parked job was', 'parked jobs were')} queued again.", highlight=False)
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
