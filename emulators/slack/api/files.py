"""files.*: uploads in two steps, and what there is. The octets themselves go through `file_door.py`."""

from emulators.slack import posting
from emulators.slack.api.arguments import Refusal, channel_of, decoded, needed, whole
from emulators.slack.channels import Channel, Json
from emulators.slack.file_door import UPLOAD
from emulators.slack.files import File
from emulators.slack.workspace import Workspace

_MOST_AT_ONCE = 10  # files of one message
_LARGEST = 1024 * 1024 * 1024  # bytes


def upload_url(workspace: Workspace, arguments: Json) -> Json:
    name = needed(arguments, "filename")
    if arguments.get("length") in (None, "", 0, "0"):
        raise Refusal("invalid_arguments", ["[ERROR] missing required field: length"])
    length = whole(arguments, "length", 1, most=_LARGEST)
    it = workspace.files.reserve(name, length, workspace.bot_user, alt_text=arguments.get("alt_txt"))
    return {"upload_url": f"{workspace.base_url}{UPLOAD}{it.key}", "file_id": it.id}


def complete(workspace: Workspace, arguments: Json) -> Json:
    """Posting in a channel happens later: the answer knows no ts."""
    named = decoded(arguments, "files", "invalid_arguments")
    if not isinstance(named, list) or not 1 <= len(named) <= _MOST_AT_ONCE:
        raise Refusal("invalid_arguments", ["[ERROR] no fewer than 1 and no more than 10 items allowed"])
    # A reading: Slack does not say what a second completion is told; here there is nothing left to complete.
    files = [_uploaded(workspace, each) for each in named]
    channel, thread_ts = _where(workspace, arguments)
    for it, each in zip(files, named, strict=True):
        workspace.files.complete(it, each.get("title"))
    shown = [workspace.files.as_json(it) for it in files]
    if channel is not None:
        content: Json = {"text": str(arguments.get("initial_comment") or "")}
        workspace.files.when_ready(lambda: _post(workspace, channel, files, content, thread_ts))
    return {"files": shown}


def info(workspace: Workspace, arguments: Json) -> Json:
    it = _accessible(workspace, arguments)
    return {"file": workspace.files.as_json(it), "comments": [], "response_metadata": {"next_cursor": ""}}


def delete(workspace: Workspace, arguments: Json) -> Json:
    it = _accessible(workspace, arguments)
    if it.owner != workspace.bot_user:
        raise Refusal("cant_delete_file")
    workspace.files.remove(it)
    return {}


def _uploaded(workspace: Workspace, named: object) -> File:
    it = workspace.files.find(str(named.get("id"))) if isinstance(named, dict) else None
    if it is None or it.content is None or it.complete or it.owner != workspace.bot_user:
        raise Refusal("file_not_found")
    return it


def _accessible(workspace: Workspace, arguments: Json) -> File:
    it = workspace.files.find(needed(arguments, "file"))
    if it is None or not it.complete or not workspace.files.the_app_has(it):
        raise Refusal("file_not_found")
    return it


def _where(workspace: Workspace, arguments: Json) -> tuple[Channel | None, str | None]:
    if not arguments.get("channel_id"):
        return None, None
    channel = channel_of(workspace, {"channel": arguments["channel_id"]})
    root = arguments.get("thread_ts")
    if root and root not in channel.messages:
        raise Refusal("thread_not_found")
    return channel, root or None


def _post(workspace: Workspace, channel: Channel, files: list[File], content: Json, thread_ts: str | None) -> None:
    if thread_ts is not None:
        content = {**content, "thread_ts": thread_ts}
    posting.publish_files(workspace, channel, posting.bot_message(workspace, content), files)


METHODS = {
    "files.getUploadURLExternal": upload_url,
    "files.completeUploadExternal": complete,
    "files.info": info,
    "files.delete": delete,
}
