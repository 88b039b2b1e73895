"""conversations.* and reactions.add: what the app may look up and join."""

from collections.abc import Callable
from typing import Any

from emulators.slack.api.arguments import Refusal, channel_of, flag, needed, page, whole
from emulators.slack.channels import Json
from emulators.slack.workspace import Workspace

_KINDS = {"public_channel", "private_channel", "im", "mpim"}


def info(workspace: Workspace, arguments: Json) -> Json:
    return {"channel": channel_of(workspace, arguments, member=False).as_json(workspace.bot_user)}


def members(workspace: Workspace, arguments: Json) -> Json:
    channel = channel_of(workspace, arguments, member=False)
    answer = page(sorted(channel.members), arguments, "members")
    del answer["has_more"]
    return answer


def listed(workspace: Workspace, arguments: Json) -> Json:
    kinds = set(str(arguments.get("types") or "public_channel").replace(" ", "").split(","))
    if not kinds <= _KINDS:
        raise Refusal("invalid_types")
    hide_archived = flag(arguments, "exclude_archived")
    found = []
    for channel in workspace.channels.values():
        kind = "im" if channel.is_im else "private_channel" if channel.is_private else "public_channel"
        hidden = kind != "public_channel" and workspace.bot_user not in channel.members
        if kind in kinds and not hidden and not (hide_archived and channel.is_archived):
            found.append(channel.as_json(workspace.bot_user))
    answer = page(found, arguments, "channels")
    del answer["has_more"]
    return answer


def join(workspace: Workspace, arguments: Json) -> Json:
    channel = channel_of(workspace, arguments, member=False)
    if channel.is_archived:
        raise Refusal("is_archived")
    if channel.is_private or channel.is_im:
        raise Refusal("method_not_supported_for_channel_type")
    already = workspace.bot_user in channel.members
    channel.members.add(workspace.bot_user)
    answer: Json = {"channel": channel.as_json(workspace.bot_user)}
    return {**answer, "warning": "already_in_channel"} if already else answer


def opened(workspace: Workspace, arguments: Json) -> Json:
    """The app's conversation with one person. Several at once (a group's) are not emulated."""
    users = [each for each in str(arguments.get("users") or "").replace(" ", "").split(",") if each]
    if not users:
        raise Refusal("users_list_not_supplied")
    if len(users) > 1:
        raise Refusal("invalid_arguments", ["[ERROR] conversations of several people are not emulated"])
    person = workspace.people.get(users[0])
    if person is None:
        raise Refusal("user_not_found")
    if person.deleted:
        raise Refusal("user_disabled")
    if person.is_bot:
        raise Refusal("cannot_dm_bot")
    known = workspace.has_direct(person.id)
    channel = workspace.direct(person.id)
    shown = channel.as_json(workspace.bot_user) if flag(arguments, "return_im") else {"id": channel.id}
    return {"no_op": known, "already_open": known, "channel": shown}


def history(workspace: Workspace, arguments: Json) -> Json:
    """Newest first, threads folded into their roots. `cursor` is the ts to go on before."""
    channel = channel_of(workspace, arguments)
    limit = whole(arguments, "limit", 100, most=999)
    chosen: list[Json] = []
    inside = _window(arguments)
    before = _instant(arguments["cursor"]) if arguments.get("cursor") else None
    for each in channel.top_level():
        at = _instant(each["ts"])
        if inside(at) and (before is None or at < before):
            chosen.append(each)
            # One more than asked for tells whether there is a next page.
            if len(chosen) > limit:
                break
    shown, more = chosen[:limit], len(chosen) > limit
    return {
        "messages": [_shown(each, arguments) for each in shown],
        "has_more": more,
        "pin_count": 0,
        "response_metadata": {"next_cursor": shown[-1]["ts"] if more else ""},
    }


def replies(workspace: Workspace, arguments: Json) -> Json:
    """The root first, then its replies oldest first. The root comes with every page, as in Slack."""
    channel = channel_of(workspace, arguments)
    ts = needed(arguments, "ts")
    if ts not in channel.messages:
        raise Refusal("thread_not_found")
    root, *rest = channel.thread(channel.messages[ts].get("thread_ts", ts))
    limit = whole(arguments, "limit", 1000, most=1000)
    inside = _window(arguments)
    chosen = [each for each in rest if inside(_instant(each["ts"]))]
    if cursor := arguments.get("cursor"):
        chosen = [each for each in chosen if _instant(each["ts"]) > _instant(cursor)]
    shown, more = chosen[:limit], len(chosen) > limit
    return {
        "messages": [_shown(each, arguments) for each in (root, *shown)],
        "has_more": more,
        "response_metadata": {"next_cursor": shown[-1]["ts"] if more else ""},
    }


def react(workspace: Workspace, arguments: Json) -> Json:
    channel = channel_of(workspace, arguments)
    message = channel.messages.get(needed(arguments, "timestamp"))
    if message is None:
        raise Refusal("message_not_found")
    name = needed(arguments, "name").strip(":")
    reactions: list[Json] = message.setdefault("reactions", [])
    known = next((each for each in reactions if each["name"] == name), None)
    if known is None:
        known = {"name": name, "users": [], "count": 0}
        reactions.append(known)
    if workspace.bot_user in known["users"]:
        raise Refusal("already_reacted")
    known["users"].append(workspace.bot_user)
    known["count"] += 1
    return {}


_Instant = tuple[int, str]


def _instant(ts: Any) -> _Instant:
    """A ts as something to compare; a bare number of seconds is one too."""
    whole_seconds, _, rest = str(ts).partition(".")
    try:
        return int(whole_seconds), rest.ljust(6, "0")
    except ValueError:
        raise Refusal("invalid_ts_latest") from None


def _window(arguments: Json) -> Callable[[_Instant], bool]:
    """`oldest`, `latest` and `inclusive` as a question."""
    inclusive = flag(arguments, "inclusive")
    oldest = _instant(arguments["oldest"]) if arguments.get("oldest") else None
    latest = _instant(arguments["latest"]) if arguments.get("latest") else None

    def inside(at: _Instant) -> bool:
        if inclusive and at in (oldest, latest):
            return True
        return (oldest is None or at > oldest) and (latest is None or at < latest)

    return inside


def _shown(message: Json, arguments: Json) -> Json:
    if "metadata" not in message or flag(arguments, "include_all_metadata"):
        return message
    return {name: value for name, value in message.items() if name != "metadata"}


METHODS = {
    "conversations.info": info,
    "conversations.list": listed,
    "conversations.members": members,
    "conversations.join": join,
    "conversations.open": opened,
    "conversations.history": history,
    "conversations.replies": replies,
    "reactions.add": react,
}
