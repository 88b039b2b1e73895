"""chat.*: what the app says in channels."""

from typing import Any

from emulators.slack import posting
from emulators.slack.api.arguments import Refusal, channel_of, decoded, needed
from emulators.slack.blocks import message_problems, too_long, with_ids
from emulators.slack.channels import Channel, Json
from emulators.slack.workspace import Workspace

# Slack cuts longer texts in some methods and refuses them in others; whoever relies on neither is safe.
MOST_TEXT = 40_000
MOST_MARKDOWN = 12_000
MOST_ATTACHMENTS = 100


def post(workspace: Workspace, arguments: Json) -> Json:
    channel = _writable(workspace, arguments)
    content = _content(workspace, arguments)
    if (root := arguments.get("thread_ts")) is not None:
        content["thread_ts"] = _root(channel, str(root))
    message = posting.bot_message(workspace, content)
    if (name := arguments.get("username")) is not None:
        message["username"] = name
    posting.publish(workspace, channel, message)
    return {"channel": channel.id, "ts": message["ts"], "message": _without_metadata(message)}


def update(workspace: Workspace, arguments: Json) -> Json:
    channel = _writable(workspace, arguments)
    ts = needed(arguments, "ts")
    message = _own(workspace, channel, ts, "cant_update_message")
    content = _content(workspace, arguments, before=message)
    # New text without blocks takes the blocks away; metadata stays unless it is replaced.
    changes = {"blocks": None, "attachments": None, **content}
    posting.change(workspace, channel, ts, changes, by=workspace.bot_user)
    after = channel.messages[ts]
    return {"channel": channel.id, "ts": ts, "text": after["text"], "message": _without_metadata(after)}


def post_ephemeral(workspace: Workspace, arguments: Json) -> Json:
    channel = _writable(workspace, arguments)
    person = workspace.people.get(needed(arguments, "user"))
    if person is None:
        raise Refusal("user_not_found")
    if person.id not in channel.members:
        raise Refusal("user_not_in_channel")
    content = _content(workspace, arguments)
    if (root := arguments.get("thread_ts")) is not None:
        content["thread_ts"] = _root(channel, str(root))
    message = {**posting.bot_message(workspace, content), "is_ephemeral": True, "channel": channel.id}
    person.screen.ephemerals.append(message)
    return {"message_ts": message["ts"]}


def delete(workspace: Workspace, arguments: Json) -> Json:
    channel = channel_of(workspace, arguments)
    ts = needed(arguments, "ts")
    _own(workspace, channel, ts, "cant_delete_message")
    posting.remove(workspace, channel, ts)
    return {"channel": channel.id, "ts": ts}


def get_permalink(workspace: Workspace, arguments: Json) -> Json:
    channel = channel_of(workspace, arguments)
    ts = needed(arguments, "message_ts")
    if ts not in channel.messages:
        raise Refusal("message_not_found")
    link = f"https://{workspace.domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    root = channel.messages[ts].get("thread_ts")
    if root is not None and root != ts:
        link += f"?thread_ts={root}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _writable(workspace: Workspace, arguments: Json) -> Channel:
    channel = channel_of(workspace, arguments)
    if channel.is_archived:
        raise Refusal("is_archived")
    return channel


def _own(workspace: Workspace, channel: Channel, ts: str, error: str) -> Json:
    message = channel.messages.get(ts)
    if message is None or message.get("subtype") == "tombstone":
        raise Refusal("message_not_found")
    if message.get("bot_id") != workspace.bot_id:
        raise Refusal(error)
    return message


def _root(channel: Channel, ts: str) -> str:
    root = channel.messages.get(ts)
    if root is None:
        raise Refusal("thread_not_found")
    if root.get("thread_ts", ts) != ts:
        raise Refusal("cannot_reply_to_message")
    return ts


def _content(workspace: Workspace, arguments: Json, *, before: Json | None = None) -> Json:
    """Text, blocks, attachments and metadata, checked. `before` is the message being updated."""
    content: Json = {"text": _text(arguments)}
    blocks = decoded(arguments, "blocks", "invalid_blocks_format")
    if blocks:
        content["blocks"] = _blocks(workspace, blocks)
    if (markdown := arguments.get("markdown_text")) is not None:
        content["blocks"] = with_ids([{"type": "markdown", "text": _markdown(markdown, content)}])
    attachments = decoded(arguments, "attachments", "invalid_arguments")
    if attachments:
        content["attachments"] = _attachments(workspace, attachments)
    if not content["text"] and not blocks and not attachments and markdown is None:
        if before is None or arguments.get("metadata") is None:
            raise Refusal("no_text")
        content = {"text": "", **{name: before[name] for name in ("text", "blocks", "attachments") if name in before}}
    if (metadata := decoded(arguments, "metadata", "invalid_metadata_format")) is not None:
        content["metadata"] = _metadata(metadata)
    return content


def _text(arguments: Json) -> str:
    text = arguments.get("text") or ""
    if not isinstance(text, str):
        raise Refusal("invalid_arguments", ["[ERROR] must be a string [json-pointer:/text]"])
    if len(text) > MOST_TEXT:
        raise Refusal("msg_too_long")
    return text


def _markdown(markdown: Any, content: Json) -> str:
    if content["text"] or "blocks" in content:
        raise Refusal("markdown_text_conflict")
    if not isinstance(markdown, str) or not markdown:
        raise Refusal("no_text")
    if len(markdown) > MOST_MARKDOWN:
        raise Refusal("msg_too_long")
    return markdown


def _blocks(workspace: Workspace, blocks: Any) -> list[Json]:
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    if problems := message_problems(blocks, workspace.files.refused):
        raise Refusal("invalid_blocks", problems)
    if too_long(blocks):
        raise Refusal("msg_blocks_too_long")
    return with_ids(blocks)


def _attachments(workspace: Workspace, attachments: Any) -> list[Json]:
    if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
        raise Refusal("invalid_attachments")
    if len(attachments) > MOST_ATTACHMENTS:
        raise Refusal("too_many_attachments")
    for index, each in enumerate(attachments):
        if each.get("blocks") and (problems := message_problems(each["blocks"], workspace.files.refused)):
            raise Refusal("invalid_blocks", [p.replace(":/blocks", f":/attachments/{index}/blocks") for p in problems])
    return attachments


def _metadata(metadata: Any) -> Json:
    right = (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and metadata["event_type"]
        and isinstance(metadata.get("event_payload"), dict)
    )
    if not right:
        raise Refusal("invalid_metadata_format")
    return dict(metadata)


def _without_metadata(message: Json) -> Json:
    return {name: value for name, value in message.items() if name != "metadata"} if "metadata" in message else message


METHODS = {
    "chat.postMessage": post,
    "chat.update": update,
    "chat.postEphemeral": post_ephemeral,
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
}
