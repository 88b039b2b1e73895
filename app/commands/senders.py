"""`threadline senders`: whom we do not hear, and whom our mail does not reach."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.commands.desk import with_desk
from app.run import bring_up_to_date, database
from app.settings import Settings
from app.terminal import inert
from storage.engine import create_engine
from storage.queries.blocked import BlockedSender, blocked_senders
from storage.queries.suppressed import suppressed_addresses
from ticketing.mails.suppressed import Suppressed

senders = typer.Typer(
    help="Senders whose messages are kept apart, and addresses that take no mail.", no_args_is_help=True
)

Address = Annotated[str, typer.Argument(help="Where they write from, e.g. +4915112345678.")]
ChannelName = Annotated[str, typer.Option("--channel", help="The channel they write on.")]


@senders.command("block")
def block(address: Address, channel: ChannelName = "whatsapp") -> None:
    """Keep apart what this sender sends: no ticket, no card, no answer."""
    new = with_desk(lambda desk: desk.block_sender(channel, address))
    typer.echo(f"{address} is blocked." if new else f"{address} was blocked already.")


@senders.command("unblock")
def unblock(
    address: Address,
    channel: ChannelName = "whatsapp",
    file: Annotated[bool, typer.Option("--file", help="File what was kept apart meanwhile.")] = False,
) -> None:
    """Hear from this sender again."""
    done = with_desk(lambda desk: desk.unblock_sender(channel, address, file=file))
    said = f"{address} is not blocked any more." if done.was_blocked else f"{address} was not blocked."
    typer.echo(f"{said} {done.filed} kept messages are being filed." if file else said)


@senders.command("list")
def list_senders(
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of a table.")] = False,
) -> None:
    """Who is blocked, and how much of theirs is kept apart."""
    found = asyncio.run(_read())
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, default=str))
        return
    if not found:
        typer.echo("Nobody is blocked.")
        return
    table = Table("Sender", "Channel", "Name", "Blocked (UTC)", "By", "Kept", "Last (UTC)")
    for each in found:
        since = f"{each.blocked_at:%Y-%m-%d %H:%M}" if each.blocked_at else "not any more"
        last = f"{each.last_at:%Y-%m-%d %H:%M}" if each.last_at else ""
        cells = (each.address, each.channel, each.name, since, each.blocked_by or "", str(each.kept), last)
        table.add_row(*map(inert, cells))
    Console().print(table, markup=False)


@senders.command("allow")
def allow(
    address: Annotated[str, typer.Argument(help="Where mail goes again, e.g. max@home.example.")],
    channel: ChannelName = "email",
) -> None:
    """Send mail again to an address from which it came back."""
    lifted = with_desk(lambda desk: desk.allow_address(channel, address))
    if lifted is None:
        typer.echo(f"Nothing stood against {address}.")
        return
    typer.echo(f"Mail goes to {address} again. It had taken none since {lifted.since:%Y-%m-%d %H:%M} UTC:")
    typer.echo(inert(lifted.why))


@senders.command("suppressed")
def list_suppressed(
    channel: ChannelName = "email",
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of a table.")] = False,
) -> None:
    """Addresses that take no mail any more, and why. The newest 500."""
    found = asyncio.run(_read_suppressed(channel))
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, default=str))
        return
    if not found:
        typer.echo("No address is suppressed.")
        return
    table = Table("Address", "Since (UTC)", "Why")
    for each in found:
        table.add_row(inert(each.address), f"{each.since:%Y-%m-%d %H:%M}", inert(each.why))
    Console().print(table, markup=False)


async def _read_suppressed(channel: str) -> Sequence[Suppressed]:
    async with database(Settings()) as dsn:
        await bring_up_to_date(dsn)
        engine = create_engine(dsn, size=1)
        try:
            return await suppressed_addresses(engine, channel, most=500)
        finally:
            await engine.dispose()


async def _read() -> Sequence[BlockedSender]:
    async with database(Settings()) as dsn:
        await bring_up_to_date(dsn)
        engine = create_engine(dsn, size=1)
        try:
            return await blocked_senders(engine)
        finally:
            await engine.dispose()
