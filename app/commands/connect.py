"""`threadline connect`: check a channel's settings, tell the provider where we are, and send a test message.

Slack is connected by hand and only looked at: `connect_slack.py`.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.markup import escape

from app.commands.connect_slack import connect_slack
from app.settings import Settings
from app.terminal import inert
from connectors.contract import Check, Setup
from connectors.registry import Connector
from connectors.registry import connect as connected
from connectors.whatsapp import WhatsAppConnector
from core.errors import ChannelError, NotFound
from core.ids import new_id
from core.messages import Outbound

# What turns a channel on, and the guide that says where to get it.
SETTINGS = {
    "whatsapp": ("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN", "docs/whatsapp.md"),
    "telegram": ("TELEGRAM_BOT_TOKEN", "docs/telegram.md"),
    "email": ("EMAIL_ADDRESS, EMAIL_IMAP_URL, EMAIL_SMTP_URL and SECRET_KEY", "docs/email.md"),
}
_TEST = "A test message from Threadline: this channel is connected."
_PATIENCE = 5.0  # seconds for our own address


def connect(
    channel: Annotated[str, typer.Argument(help="whatsapp, telegram, email or slack.")],
    to: Annotated[
        str | None, typer.Option("--to", help="Send a test message: a number, a Telegram chat id, an address.")
    ] = None,
    sender: Annotated[str | None, typer.Option("--from", help="With --to: our number, if there are several.")] = None,
    test_channel: Annotated[
        str | None, typer.Option("--test-channel", help="Slack: post a test message in this channel, and delete it.")
    ] = None,
    check_only: Annotated[bool, typer.Option("--check", help="Only look; change nothing at the provider.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of words.")] = False,
) -> None:
    """Connect a channel: its settings are checked and its webhook is set. Exit code 1 when something needs you."""
    settings = Settings()
    if channel == "slack":
        checks = asyncio.run(connect_slack(settings, test_channel=test_channel))
    else:
        checks = asyncio.run(_connect(settings, channel, to=to, sender=sender, check_only=check_only))
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in checks], ensure_ascii=False))
    else:
        tell(checks)
    raise typer.Exit(0 if all(each.ok for each in checks) else 1)


def tell(checks: Sequence[Check]) -> None:
    """One line each, and below it what to do."""
    console = Console()
    for each in checks:
        sign = "[green]✓[/]" if each.ok else "[yellow]![/]"
        console.print(f"{sign} {escape(inert(each.what))}", highlight=False)
        if each.todo and not each.ok:
            console.print(f"  [dim]→ {escape(inert(each.todo))}[/]", highlight=False)


async def _connect(
    settings: Settings, channel: str, *, to: str | None, sender: str | None, check_only: bool
) -> Sequence[Check]:
    connectors = connected(settings.channels)
    try:
        connector = _chosen(connectors, channel)
        if isinstance(connector, Setup):
            checks = [*await (connector.check() if check_only else connector.set_up())]
        else:
            checks = [Check(f"{channel} is on; there is nothing to set up by a program.", ok=True)]
        checks.append(await _our_address(settings))
        if to is not None:
            checks.append(await _tested(connector, sender or await _address(connector), to))
        return checks
    finally:
        await asyncio.gather(*(each.close() for each in connectors.values()))


def _chosen(connectors: dict[str, Connector], channel: str) -> Connector:
    if channel in connectors:
        return connectors[channel]
    if channel not in SETTINGS:
        raise NotFound(f"There is no channel {channel!r}: there are {', '.join(SETTINGS)} and slack.")
    needed, guide = SETTINGS[channel]
    raise NotFound(f"{channel} is off. Set {needed} in the environment or in .env; {guide} says where to get them.")


async def _our_address(settings: Settings) -> Check:
    """Whether the desk answers at the address that providers are given; seen from here, which may see less."""
    url = f"{settings.public_base_url.rstrip('/')}/healthz"
    try:
        async with httpx.AsyncClient(timeout=_PATIENCE, trust_env=False) as http:
            answer = await http.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        found = f"does not answer ({type(error).__name__})"
    else:
        if answer.status_code == httpx.codes.OK:
            return Check(f"The desk answers at {settings.public_base_url}", ok=True)
        found = f"answers {answer.status_code}"
    todo = "Start it (threadline up), and see that PUBLIC_BASE_URL leads to it from outside."
    return Check(f"{url} {found}, as seen from this machine.", ok=False, todo=todo)


async def _address(connector: Connector) -> str | None:
    """Ours on the channel: of several numbers the first; None where there is none, or it cannot be told."""
    if not isinstance(connector, WhatsAppConnector):
        return getattr(connector, "account", None)
    try:
        return next((sender.number for sender in await connector.senders()), None)
    except ChannelError:
        return None


async def _tested(connector: Connector, account: str | None, to: str) -> Check:
    if account is None:
        return Check("No test message was sent: it is not known from where.", ok=False, todo="Say it with --from.")
    try:
        receipt = await connector.send(Outbound(new_id(), account, to, _TEST))
    except ChannelError as error:
        return Check(f"The test message did not leave: {error.message}", ok=False, todo="Mend that, and try again.")
    return Check(f"A test message is on its way to {to} ({receipt.provider_id})", ok=True)
