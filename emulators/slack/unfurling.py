"""Links in messages: the event that tells the app of those to its own domains, and what it unfolds below them."""

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from emulators.slack.channels import Channel, Json
from emulators.slack.delivery import Delivery

if TYPE_CHECKING:
    from emulators.slack.workspace import Workspace

_LINK = re.compile(r"https?://[^\s<>|]*[^\s<>|.,;:!?)\]]")  # what ends a sentence is not of it
SOURCE = "conversations_history"  # of a message that has been posted


def tell(workspace: "Workspace", channel: Channel, message: Json) -> Delivery | None:
    """The `link_shared` event. Slack sends it also of channels that the app is no member of."""
    links = [{"domain": domain, "url": url} for url, domain in shared(workspace, message)]
    if not links or "links:read" not in workspace.scopes:
        return None
    event: Json = {
        "type": "link_shared",
        "user": message["user"],
        "channel": channel.id,
        "message_ts": message["ts"],
        "links": links,
        "source": SOURCE,
        "unfurl_id": unfurl_id(channel, message["ts"]),
        "is_bot_user_member": workspace.bot_user in channel.members,
        "event_ts": workspace.mint.ts(),
    }
    if (root := message.get("thread_ts")) is not None:
        event["thread_ts"] = root
    return workspace.event(event, is_ext_shared=channel.is_ext_shared)


def shared(workspace: "Workspace", message: Json) -> list[tuple[str, str]]:
    """Addresses in the message that are of the app's domains, each with the domain; each once."""
    found = []
    for url in dict.fromkeys(_LINK.findall(message.get("text", "").replace("&amp;", "&"))):
        host = (urlsplit(url).hostname or "").lower()
        domain = next((each for each in workspace.unfurl_domains if host == each or host.endswith(f".{each}")), None)
        if domain is not None:
            found.append((url, domain))
    return found


def unfurl_id(channel: Channel, ts: str) -> str:
    return f"{channel.id}-{ts}"


def unfold(workspace: "Workspace", channel: Channel, ts: str, unfurls: Json) -> None:
    """Put these below the message, in place of those of the same addresses. The words of the message stay."""
    before = channel.messages[ts]
    kept = [each for each in before.get("attachments", []) if each.get("from_url") not in unfurls]
    added = [
        {**what, "from_url": url, "app_unfurl_url": url, "is_app_unfurl": True, "bot_id": workspace.bot_id}
        for url, what in unfurls.items()
    ]
    numbered = [{**each, "id": number} for number, each in enumerate([*kept, *added], 1)]
    after = {**before, "attachments": numbered}
    channel.replace(ts, after)
    event_ts = workspace.mint.ts()
    event = {
        "type": "message",
        "subtype": "message_changed",
        "message": after,
        "previous_message": before,
        "channel": channel.id,
        "hidden": True,
        "ts": event_ts,
        "event_ts": event_ts,
        "channel_type": channel.kind,
    }
    workspace.event(event, channel=channel)
