"""The command line: `threadline`."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from pydantic import ValidationError

from app.commands import (
    actions_tested,  # noqa: F401 - a command of `actions`
    sla_explained,  # noqa: F401 - a command of `sla`
)
from app.commands.actions import actions
from app.commands.ai import ai
from app.commands.approvals import approvals
from app.commands.audit import audit
from app.commands.autonomy import autonomy
from app.commands.connect import connect
from app.commands.conversations import conversations
from app.commands.customers import customers
from app.commands.doctor import doctor
from app.commands.evaluate import evaluations
from app.commands.mails import emails
from app.commands.people import people, teams
from app.commands.people_import import import_slack
from app.commands.playbook import checked_here, playbook
from app.commands.replay import replay
from app.commands.runs import runs
from app.commands.senders import senders
from app.commands.sla import sla
from app.commands.slack import slack
from app.commands.surveys import surveys
from app.commands.templates import templates
from app.commands.ticket_work import duplicates, merge, move, part
from app.commands.tickets import tickets
from app.logs import configure_logs
from app.playbooks import read_playbook
from app.refused_settings import in_words
from app.run import Process, database, prepare, run_process, stop_on_signals
from app.settings import HOME, Settings
from app.terminal import inert_lines
from core.errors import DeskError

cli = typer.Typer(
    name="threadline",
    help="Tickets that live inside the conversation.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
cli.add_typer(people, name="people")
people.command("import-slack")(import_slack)
cli.add_typer(teams, name="teams")
cli.add_typer(senders, name="senders")
cli.add_typer(templates, name="templates")
cli.add_typer(conversations, name="conversations")
cli.add_typer(customers, name="customers")
cli.add_typer(tickets, name="tickets")
for command in (move, duplicates, merge, part):
    tickets.command()(command)
cli.add_typer(surveys, name="surveys")
cli.add_typer(evaluations, name="eval")
cli.add_typer(ai, name="ai")
cli.add_typer(actions, name="actions")
cli.add_typer(approvals, name="approvals")
cli.add_typer(runs, name="runs")
cli.add_typer(audit, name="audit")
cli.add_typer(playbook, name="playbook")
cli.add_typer(sla, name="sla")
cli.add_typer(slack, name="slack")
cli.add_typer(emails, name="email")
cli.command()(connect)
cli.command()(doctor)
cli.command()(replay)
cli.command()(autonomy)

Lifeline = Annotated[bool, typer.Option("--lifeline", hidden=True, help="End when standard input ends.")]


@cli.command()
def web(lifeline: Lifeline = False) -> None:
    """Run the web process: providers' webhooks and Slack over HTTP."""
    from app.processes.web import run

    _run("web", run, lifeline=lifeline)


@cli.command()
def worker(lifeline: Lifeline = False) -> None:
    """Run a worker: files messages, understands them, opens tickets, sends replies, keeps Slack true."""
    from app.processes.worker import run

    _run("worker", run, lifeline=lifeline)


@cli.command()
def clock(lifeline: Lifeline = False) -> None:
    """Run the clock: what happens because time passed."""
    from app.processes.clock import run

    _run("clock", run, lifeline=lifeline)


@cli.command()
def bot(lifeline: Lifeline = False) -> None:
    """Run the Slack bot over Socket Mode, for a desk that Slack cannot reach by HTTP."""
    from app.processes.bot import run

    _run("bot", run, lifeline=lifeline)


def _run(name: str, process: Process, *, lifeline: bool) -> None:
    settings = Settings()
    configure_logs(settings, process=name)
    run_process(process, settings, lifeline=lifeline)


@cli.command()
def up() -> None:
    """Run everything on this machine, with an embedded PostgreSQL unless DATABASE_URL is set."""
    from app.processes.up import run_processes

    settings = Settings()
    configure_logs(settings, process="up")

    async def main() -> None:
        stop = asyncio.Event()
        stop_on_signals(stop)
        async with database(settings) as dsn:
            await prepare(settings, dsn)
            names = ["web", "worker", "clock"] + (["bot"] if settings.slack_app_token else [])
            typer.echo(f"Threadline listens on http://{settings.host}:{settings.port} (Ctrl-C stops it)", err=True)
            await run_processes(names, {"DATABASE_URL": dsn}, stop, home=HOME)

    uvloop.run(main())


@cli.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the story; without, its page stays open.")] = False,
    playbook: Annotated[
        Path | None,
        typer.Option(
            "--playbook", help="No story: the page with this playbook, and the actions of THREADLINE_ACTIONS."
        ),
    ] = None,
) -> None:
    """See it work: Slack, Twilio and Telegram emulated on this machine, customers and agents played, the story told."""
    from app.demo.command import run
    from app.demo.own import OwnDesk

    own = OwnDesk.of(playbook, Settings()) if playbook else None
    if own:
        checked_here(read_playbook(own.playbook), own.playbook, installed=own.installed)
    sys.exit(uvloop.run(run(once=once, own=own)))


@cli.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""

    settings = Settings()

    async def main() -> None:
        async with database(settings) as dsn:
            await prepare(settings, dsn)

    asyncio.run(main())
    typer.echo("The database is up to date.")


def main() -> None:
    """Run a command. What our rules or a provider refuse is said in words, without a traceback."""
    try:
        cli()
    except DeskError as error:
        typer.echo(inert_lines(f"threadline: {error.message}"), err=True)
        sys.exit(1)
    except ValidationError as error:
        if error.title != Settings.__name__:
            raise
        typer.echo(inert_lines(in_words(error)), err=True)
        sys.exit(1)
    except BrokenPipeError:  # `threadline … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
