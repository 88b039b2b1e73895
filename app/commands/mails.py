"""`threadline email`: what is in a mail, what would be made of it, and what was set aside."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from app.commands.set_aside import set_aside
from app.terminal import inert_lines

if TYPE_CHECKING:  # the libraries that read mail are slow to load, and the other commands do without them
    from connectors.email.judging.ours import Ours

emails = typer.Typer(help="E-mail: what is in a mail, and which mails were set aside.", no_args_is_help=True)

_UNREADABLE = 2  # exit code


emails.command("set-aside")(set_aside)


@emails.command()
def inspect(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="Mails as they came (.eml); - is standard input.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line instead of a page.")] = False,
    own: Annotated[list[str] | None, typer.Option(help="An address of ours. Can be given several times.")] = None,
    own_list: Annotated[list[str] | None, typer.Option(help="The List-Id of a group customers write to.")] = None,
    authserv_id: Annotated[
        str | None, typer.Option(help="The name of our mail server in Authentication-Results; no other one counts.")
    ] = None,
) -> None:
    """Who wrote it, what they wrote apart from what they quote, its files, what kind of mail it is, and why.

    Reads any bytes. Exit 0: every mail was read, 2: a file could not be opened (the others are told of all the same).
    """
    from connectors.email.judging.ours import Ours

    ours = Ours(frozenset(own or ()), frozenset(own_list or ()), authserv_id)
    failed = False
    for name in files:
        try:
            raw = _bytes(name)
        except OSError as error:
            typer.echo(inert_lines(f"threadline: {name} cannot be read: {error.strerror}."), err=True)
            failed = True
            continue
        _tell(name, raw, ours, as_json=as_json)
    if failed:
        raise typer.Exit(_UNREADABLE)


def _bytes(name: str) -> bytes:
    """At most one byte more than is read of a mail. Raises OSError."""
    from connectors.email import limits

    if name == "-":
        return sys.stdin.buffer.read(limits.RAW + 1)
    with Path(name).open("rb") as file:
        return file.read(limits.RAW + 1)


def _tell(name: str, raw: bytes, ours: "Ours", *, as_json: bool) -> None:
    from app.commands.mails_told import data, page
    from connectors.email import read

    mail = read(raw)
    shown = name.encode("utf-8", "replace").decode("utf-8")
    if as_json:
        typer.echo(json.dumps({"file": shown, **data(mail, ours)}, ensure_ascii=False))
    else:
        Console(highlight=False).print(page(shown, mail, ours), soft_wrap=True)
