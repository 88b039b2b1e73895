"""`threadline conversations`: what waits for people and no ticket carries."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.commands.desk import with_desk
from app.run import bring_up_to_date, database
from app.settings import Settings
from app.terminal import inert
from app.wiring import services
from core.ids import new_id
from storage.light_cards import Unticketed
from ticketing.conversations.compose import Words
from ticketing.conversations.conversation import State
from ticketing.conversations.first_message import Recipient
from ticketing.conversations.outbox import limits_on
from ticketing.conversations.recipient import AddressRefused, recipient
from ticketing.desk import Desk
from ticketing.templates.manage import one_named
from ticketing.templates.template import FromTemplate

_LAST_WORDS = 60  # characters shown of them in the table


conversations = typer.Typer(help="What waits without a ticket; and a first message to a customer.")


@conversations.callback(invoke_without_command=True)
def list_conversations(
    context: typer.Context,
    unticketed: Annotated[
        bool, typer.Option("--unticketed", help="Only those that wait now: leave out what is snoozed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of a table.")] = False,
) -> None:
    """Conversations that wait for people without a ticket, whoever has waited longest first."""
    if context.invoked_subcommand is not None:
        return
    found = [each for each in asyncio.run(_read()) if not unticketed or each.state is State.OPEN]
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, default=str))
        return
    if not found:
        typer.echo("Nothing waits without a ticket.")
        return
    table = Table("Customer", "Channel", "Waiting since (UTC)", "Who has it", "State", "Last words")
    for each in found:
        words = " ".join(each.last_words.split())
        cut = words if len(words) <= _LAST_WORDS else words[: _LAST_WORDS - 1] + "…"
        since = f"{each.since:%Y-%m-%d %H:%M}"
        table.add_row(
            *map(inert, (each.customer, each.channel, since, each.assignee or "nobody", each.state.value, cut))
        )
    Console().print(table, markup=False)


@conversations.command("start")
def start(
    channel: Annotated[str, typer.Argument(help="Where to write, e.g. whatsapp or email.")],
    address: Annotated[str, typer.Argument(help="Whom to, e.g. +4915112345678 or clara@example.com.")],
    template: Annotated[str | None, typer.Option("--template", help="The name of an approved template.")] = None,
    text: Annotated[str | None, typer.Option("--text", help="Words, where no template is needed.")] = None,
    subject: Annotated[str, typer.Option("--subject", help="Of a mail.")] = "",
    var: Annotated[list[str] | None, typer.Option("--var", help="Fill in a variable: 1=Clara")] = None,
    name: Annotated[str | None, typer.Option("--name", help="What to call a customer who is new.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="Of the template, where it has several.")] = None,
    account: Annotated[str | None, typer.Option("--from", help="Our address, where we have several.")] = None,
) -> None:
    """Write to a customer first: by template, or by mail. They need not have written before."""
    if (template is None) == (text is None):
        raise typer.BadParameter("say either --template or --text", param_hint="--template")
    given = dict(_variable(each) for each in var or [])
    to = Recipient(channel, address, name, account)
    if channel in {"whatsapp", "email"}:
        try:
            to = replace(recipient(channel, address, name), account=account)
            to = replace(to, subject=subject if to.subject is not None else None)
        except AddressRefused as refusal:
            raise typer.BadParameter(refusal.message, param_hint="ADDRESS") from refusal

    async def work(desk: Desk) -> None:
        limits_on(channel, desk.limits)  # said first: of a channel that is off there are no templates, either
        words: Words = text or ""
        if template is not None:
            words = FromTemplate(one_named(await desk.templates(channel), template, language).id, given)
        await desk.start_conversation(to, words, request=f"cli:{new_id()}")

    with_desk(work)
    typer.echo(f"It is on its way to {to.address}.")


def _variable(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise typer.BadParameter(f"{text!r} is not like 1=Clara", param_hint="--var")
    return name.strip(), value


async def _read() -> Sequence[Unticketed]:
    settings = Settings()
    async with database(settings) as dsn:
        await bring_up_to_date(dsn)
        async with services(settings, dsn, connections=2) as made:
            return await made.light_cards.unticketed()
