"""Putting messages into channels, with files too; changing and removing them; their events. Checks no rights."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from emulators.slack.channels import Channel, Json
from emulators.slack.delivery import Delivery
from emulators.slack.files import File

if TYPE_CHECKING:
    from emulators.slack.workspace import Workspace

# What the app may set on a message, beside its text.
CONTENT = ("blocks", "attachments", "metadata")


def escaped(typed: str) -> str:
    """A person's words as Slack delivers them."""
    return typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def bot_message(workspace: "Workspace", content: Json) -> Json:
    """A message by the app. `content`: text and any of blocks, attachments, metadata, thread_ts."""
    return {
        "type": "message",
        "user": workspace.bot_user,
        "bot_id": workspace.bot_id,
        "app_id": workspace.app_id,
        "team": workspace.team_id,
        "bot_profile": {
            "id": workspace.bot_id,
            "app_id": workspace.app_id,
            "user_id": workspace.bot_user,
            "name": workspace.bot_name,
            "deleted": False,
            "updated": 0,
            "team_id": workspace.team_id,
            "icons": {},
        },
        "ts": workspace.mint.ts(),
        **content,
    }


def person_message(workspace: "Workspace", user: str, text: str, thread_ts: str | None) -> Json:
    """A message by a person; `text` is as Slack delivers it, already escaped."""
    block = {
        "type": "rich_text",
        "block_id": workspace.mint.id("b"),
        "elements": [{"type": "rich_text_section", "elements": _rich(text)}],
    }
    words: Json = {"blocks": [block]} if text else {}  # files may be shared without a word
    message: Json = {
        "client_msg_id": workspace.mint.id("cm-"),
        "type": "message",
        "user": user,
        "team": workspace.team_id,
        "text": text,
        **words,
        "ts": workspace.mint.ts(),
    }
    return message if thread_ts is None else {**message, "thread_ts": thread_ts}


def _rich(text: str) -> list[Json]:
    found: list[Json] = []
    for part in re.split(r"(<@[A-Z0-9]+>)", text):
        if part.startswith("<@"):
            found.append({"type": "user", "user_id": part[2:-1]})
        elif part:
            found.append({"type": "text", "text": part.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")})
    return found


def publish(workspace: "Workspace", channel: Channel, message: Json) -> Delivery | None:
    """File a message and tell the app. A bot's own message is an event too, unless echoes are off."""
    channel.add(message)
    if "bot_id" in message and not workspace.echoes:
        return None
    return workspace.event(_event(channel, message, message["ts"]), channel=channel)


def publish_files(workspace: "Workspace", channel: Channel, message: Json, files: Sequence[File]) -> Delivery | None:
    """The same of a message that shares files; `message` gets the fields that such a message has."""
    workspace.files.share(files, channel.id, message["ts"], message.get("thread_ts"))
    shared = [workspace.files.as_json(each) for each in files]
    message.update(subtype="file_share", files=shared, upload=False, display_as_bot=False)
    return publish(workspace, channel, message)


def change(workspace: "Workspace", channel: Channel, ts: str, changes: Json, *, by: str) -> Delivery | None:
    """Replace parts of a message; a part that is None is taken away."""
    before = channel.messages[ts]
    after = {**before, **changes, "edited": {"user": by, "ts": workspace.mint.ts()}}
    after = {name: value for name, value in after.items() if value is not None}
    channel.replace(ts, after)
    if "bot_id" in after and not workspace.echoes:
        return None
    event = {"type": "message", "subtype": "message_changed", "message": after, "previous_message": before}
    return workspace.event(_hidden(workspace, channel, event), channel=channel)


def remove(workspace: "Workspace", channel: Channel, ts: str) -> Delivery | None:
    """Delete a message. A root with replies stays behind as a tombstone, as in Slack."""
    before = channel.messages[ts]
    if channel.threads.get(ts):
        grave = {"subtype": "tombstone", "text": "This message was deleted.", "user": "USLACKBOT", "hidden": True}
        kept = {name: value for name, value in before.items() if name not in ("blocks", "bot_id", "metadata")}
        channel.messages[ts] = {**kept, **grave}
    else:
        channel.remove(ts)
    if "bot_id" in before and not workspace.echoes:
        return None
    event = {"type": "message", "subtype": "message_deleted", "deleted_ts": ts, "previous_message": before}
    return workspace.event(_hidden(workspace, channel, event), channel=channel)


def mentioned(workspace: "Workspace", channel: Channel, message: Json) -> Delivery | None:
    """The second event that Slack sends when a message names the app."""
    event = {**_event(channel, message, message["ts"]), "type": "app_mention"}
    del event["channel_type"]
    return workspace.event(event, channel=channel, subscription="app_mention")


def _event(channel: Channel, message: Json, event_ts: str) -> Json:
    shown = {name: value for name, value in message.items() if name != "metadata"}
    event = {**shown, "channel": channel.id, "event_ts": event_ts, "channel_type": channel.kind}
    if (root := message.get("thread_ts")) is not None and root in channel.messages:
        event["parent_user_id"] = channel.messages[root].get("user")
    return event


def _hidden(workspace: "Workspace", channel: Channel, event: Json) -> Json:
    ts = workspace.mint.ts()
    return {**event, "channel": channel.id, "hidden": True, "ts": ts, "event_ts": ts, "channel_type": channel.kind}
