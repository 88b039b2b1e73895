"""Which scope a method needs. Any one of those named will do, as far as the kind of conversation does not decide.

Source: the "Required scopes" of each method on docs.slack.dev.
"""

from collections.abc import Collection, Mapping

from emulators.slack.channels import Channel

_HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history"}
_READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read"}
_BY_KIND: Mapping[str, Mapping[str, str]] = {
    "conversations.history": _HISTORY,
    "conversations.replies": _HISTORY,
    "conversations.info": _READ,
    "conversations.members": _READ,
}
_NEEDED: Mapping[str, str] = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.unfurl": "links:write",
    "conversations.join": "channels:join",
    "conversations.list": "channels:read",
    "conversations.open": "im:write",
    "files.completeUploadExternal": "files:write",
    "files.delete": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "reactions.add": "reactions:write",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
    "users.list": "users:read",
    "users.lookupByEmail": "users:read.email",
}
EVERY = frozenset(
    {
        *_NEEDED.values(),
        *_HISTORY.values(),
        *_READ.values(),
        "app_mentions:read",
        "commands",
        "links:read",
    }
)


def lacking(method: str, channel: Channel | None, granted: Collection[str]) -> str | None:
    """The scope without which this call is refused; None: it may pass."""
    if (kinds := _BY_KIND.get(method)) is not None:
        if channel is None:  # refused for that anyway
            return None
        needed = kinds[channel.kind]
    elif (one := _NEEDED.get(method)) is not None:
        needed = one
    else:
        return None
    return None if needed in granted else needed
