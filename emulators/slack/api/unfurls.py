"""chat.unfurl: what the app shows below a link to it."""

from typing import Any

from emulators.slack import unfurling
from emulators.slack.api.arguments import Refusal, decoded
from emulators.slack.blocks import message_problems, too_long, with_ids
from emulators.slack.channels import Channel, Json
from emulators.slack.workspace import Workspace


def unfurl(workspace: Workspace, arguments: Json) -> Json:
    """By `channel` and `ts`, or by `unfurl_id` and `source`. The app need not be in the channel."""
    channel, ts = _place(workspace, arguments)
    unfurls = decoded(arguments, "unfurls", "invalid_unfurls_format")
    if not unfurls:
        raise Refusal("missing_unfurls")
    if not isinstance(unfurls, dict) or not all(isinstance(each, dict) for each in unfurls.values()):
        raise Refusal("invalid_unfurls_format")
    message = channel.messages[ts]
    links = {url for url, _ in unfurling.shared(workspace, message)}
    if not set(unfurls) <= links:
        raise Refusal("cannot_unfurl_url")
    shown = {url: _checked(workspace, each) for url, each in unfurls.items()}
    unfurling.unfold(workspace, channel, ts, shown)
    return {}


def _place(workspace: Workspace, arguments: Json) -> tuple[Channel, str]:
    if arguments.get("unfurl_id"):
        if arguments.get("source") != unfurling.SOURCE:
            raise Refusal("invalid_source" if arguments.get("source") else "missing_source")
        reference, _, ts = str(arguments["unfurl_id"]).partition("-")
    elif arguments.get("channel") and arguments.get("ts"):
        reference, ts = str(arguments["channel"]), str(arguments["ts"])
    else:
        raise Refusal("invalid_arguments", ["[ERROR] missing required field: channel"])
    channel = workspace.find_channel(reference)
    if channel is None:
        raise Refusal("cannot_find_channel")
    if ts not in channel.messages:
        raise Refusal("cannot_find_message")
    return channel, ts


def _checked(workspace: Workspace, what: Any) -> Json:
    blocks = what.get("blocks")
    if blocks is None:
        return dict(what)
    if not isinstance(blocks, list) or (problems := message_problems(blocks, workspace.files.refused)):
        raise Refusal("invalid_blocks", problems if isinstance(blocks, list) else ())
    if too_long(blocks):
        raise Refusal("msg_blocks_too_long")
    return {**what, "blocks": with_ids(blocks)}


METHODS = {"chat.unfurl": unfurl}
