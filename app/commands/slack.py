"""`threadline slack`: what Slack has to be told about the app."""

import json
import sys
from io import StringIO
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from app.settings import Settings
from bot.manifest import EVENTS, SCOPES, manifest
from core.errors import Refused

slack = typer.Typer(help="The Slack app of this desk.", no_args_is_help=True)

_HEAD = """# Threadline's Slack app. At https://api.slack.com/apps: Create New App, From a manifest, paste this.
# In an app that you have: App Manifest, replace all of it, save, and install the app again if Slack asks for it.
"""


@slack.callback()
def _group() -> None:
    """Keeps `manifest` a command of its own while it is the only one."""


@slack.command("manifest")
def print_manifest(
    url: Annotated[
        str | None, typer.Option("--url", help="Where Slack reaches this desk, https://… Without it: PUBLIC_BASE_URL.")
    ] = None,
    socket_mode: Annotated[
        bool, typer.Option("--socket-mode", help="For a desk that Slack cannot reach: the bot process connects.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of YAML.")] = False,
) -> None:
    """Print the manifest to make the app of. What a newer version needs more is in its manifest."""
    address = url or Settings().public_base_url
    if not socket_mode and not _is_public(address):
        raise Refused(
            f"Slack posts to https addresses only, and {address} is none: say yours with --url https://…, "
            "or use --socket-mode."
        )
    made = manifest(address, socket_mode=socket_mode)
    typer.echo(json.dumps(made, ensure_ascii=False, indent=2) if as_json else _HEAD + _yaml(made), nl=as_json)


def _is_public(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" and bool(parts.hostname)


def _yaml(made: dict[str, Any]) -> str:
    """As YAML, with the reason behind each scope and event."""
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = sys.maxsize
    document = CommentedMap(made)
    bot = document["oauth_config"]["scopes"]
    bot["bot"] = _explained(bot["bot"], {scope.name: scope.why for scope in SCOPES})
    events = document["settings"]["event_subscriptions"]
    events["bot_events"] = _explained(events["bot_events"], EVENTS)
    written = StringIO()
    yaml.dump(document, written)
    return written.getvalue()


def _explained(names: list[str], reasons: dict[str, str]) -> CommentedSeq:
    explained = CommentedSeq(names)
    for index, name in enumerate(names):
        explained.yaml_add_eol_comment(reasons[name], index, column=32)
    return explained
