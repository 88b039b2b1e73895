"""Reading arguments that may have come as JSON or as a form, and refusing a call by Slack's name for it."""

import json
from collections.abc import Sequence
from typing import Any

from emulators.slack.channels import Channel, Json
from emulators.slack.workspace import Workspace


class Refusal(Exception):
    """Answered as {"ok": false, "error": …}; `messages` become response_metadata.messages."""

    def __init__(self, error: str, messages: Sequence[str] = ()) -> None:
        super().__init__(error)
        self.error = error
        self.messages = list(messages)


def needed(arguments: Json, name: str) -> str:
    """A string that must be there."""
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise Refusal("invalid_arguments", [f"[ERROR] missing required field: {name}"])
    return value


def flag(arguments: Json, name: str, *, otherwise: bool = False) -> bool:
    value = arguments.get(name)
    return otherwise if value is None else value in (True, "true", "True", "1", 1)


def whole(arguments: Json, name: str, otherwise: int, *, most: int) -> int:
    try:
        value = int(arguments.get(name) or otherwise)
    except (TypeError, ValueError, OverflowError):
        raise Refusal("invalid_arguments", [f"[ERROR] {name} must be an integer"]) from None
    return max(1, min(value, most))


def decoded(arguments: Json, name: str, error: str) -> Any:
    """A structure: as such in a JSON body, as JSON text in a form. None when it was not given."""
    value = arguments.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except ValueError:
        raise Refusal(error) from None


def channel_of(workspace: Workspace, arguments: Json, *, member: bool = True) -> Channel:
    """The channel that is meant. A private one the app is not in does not exist for it."""
    channel = workspace.find_channel(needed(arguments, "channel"))
    if channel is None or (channel.is_private and workspace.bot_user not in channel.members):
        raise Refusal("channel_not_found")
    if member and workspace.bot_user not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def page(items: Sequence[Any], arguments: Json, name: str, *, otherwise: int = 100) -> Json:
    """One page of a list under `name`, with Slack's cursor to the next."""
    limit = whole(arguments, "limit", otherwise, most=1000)
    try:
        start = int(arguments.get("cursor") or 0)
    except (TypeError, ValueError, OverflowError):
        raise Refusal("invalid_cursor") from None
    if start < 0:
        raise Refusal("invalid_cursor")
    more = start + limit < len(items)
    following = str(start + limit) if more else ""
    return {name: items[start : start + limit], "response_metadata": {"next_cursor": following}, "has_more": more}
