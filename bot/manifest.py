"""What Threadline asks of Slack: the one list of scopes, events, commands and shortcuts, each with its reason. Pure.

`threadline slack manifest` prints the app's manifest made of it, and a test holds it against the code: whoever calls
another method of Slack's, or listens to something else, adds it here.
"""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from bot.intents import COMMAND, Shortcut
from bot.wire import Json

NAME = "Threadline"
PATH = "/slack/events"  # where Slack posts everything, below the desk's address
_DESCRIPTION = "Tickets from WhatsApp and Telegram, worked on where the team talks."
_COLOUR = "#1f3a5f"


class Scope(NamedTuple):
    """A permission, why it is needed, and by what: methods that we call, events that we hear."""

    name: str
    why: str
    methods: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


_READ = ("conversations.history", "conversations.replies")
_LOOKED_AT = ("conversations.info", "conversations.members")

SCOPES: tuple[Scope, ...] = (
    Scope("commands", "/ticket"),
    Scope(
        "chat:write",
        "cards, threads, private words",
        ("chat.postMessage", "chat.update", "chat.delete", "chat.postEphemeral"),
    ),
    Scope("channels:read", "whether it has been invited; who is in a channel", _LOOKED_AT),
    Scope("groups:read", "the same of private channels", _LOOKED_AT),
    Scope("channels:history", "comments in threads; finding its own cards again", _READ, ("message.channels",)),
    Scope("groups:history", "the same in private channels", _READ, ("message.groups",)),
    Scope("im:write", "direct messages to your people", ("conversations.open",)),
    Scope("im:history", "finding its own direct messages again", _READ),
    Scope("links:read", "links to tickets in messages", events=("link_shared",)),
    Scope("links:write", "shows below them how the ticket stands", ("chat.unfurl",)),
    Scope("files:read", "files in comments and replies", ("files.info",)),
    Scope(
        "files:write",
        "pictures, shown in place",
        ("files.getUploadURLExternal", "files.completeUploadExternal"),
    ),
    Scope("users:read", "who somebody is; taking people over from Slack", ("users.info", "users.list")),
    Scope("usergroups:read", "taking a user group's people over", ("usergroups.list", "usergroups.users.list")),
    Scope("users:read.email", "recognises your people by e-mail", ("users.lookupByEmail",)),
)

# Called with any token, or with the app's own.
FREE_METHODS = frozenset(
    {"auth.test", "apps.connections.open", "views.open", "views.push", "views.publish", "views.update"}
)

EVENTS: dict[str, str] = {
    "app_home_opened": "the home tab: what waits for whoever opens it",
    "message.channels": "comments in threads, deleted cards",
    "message.groups": "the same in private channels",
    "link_shared": "links to tickets, which unfold",
}


class Command(NamedTuple):
    name: str
    description: str
    usage: str


COMMANDS = (Command(COMMAND, "The desk's tickets", "list, show 12, create, search words, mine, at-risk, help"),)


class ShortcutEntry(NamedTuple):
    """`callback` as in `bot/intents.py`; at most 24 characters of `name` are shown."""

    callback: str
    kind: Literal["message", "global"]
    name: str
    description: str


SHORTCUTS: tuple[ShortcutEntry, ...] = (
    ShortcutEntry(Shortcut.SEND_COMMENT, "message", "Send to customer", "Your own comment, as a reply"),
    ShortcutEntry(Shortcut.TICKET_FROM_MESSAGE, "message", "Create ticket", "Open a ticket from this message"),
    ShortcutEntry(Shortcut.CREATE_TICKET, "global", "Create ticket", "Open a ticket for a customer"),
    ShortcutEntry(Shortcut.FIND_TICKET, "global", "Find ticket", "By number, or by words of its texts"),
)

APP_SCOPE = "connections:write"  # of the app-level token, for Socket Mode


def scopes() -> tuple[str, ...]:
    return tuple(scope.name for scope in SCOPES)


def manifest(url: str, *, socket_mode: bool = False) -> Json:
    """The app's manifest. `url` is the desk's own address; in Socket Mode Slack posts nothing there."""
    address = None if socket_mode else f"{url.rstrip('/')}{PATH}"
    features: Json = {
        "bot_user": {"display_name": NAME, "always_online": True},
        "slash_commands": [_command(each, address) for each in COMMANDS],
    }
    if shortcuts := [_shortcut(each) for each in SHORTCUTS]:
        features["shortcuts"] = shortcuts
    # Direct messages need their tab. What people would write there reaches nobody, so they cannot.
    tabs = {"messages_tab_enabled": True, "messages_tab_read_only_enabled": True}
    features["app_home"] = {"home_tab_enabled": "app_home_opened" in EVENTS, **tabs}
    if "link_shared" in EVENTS and (domains := _domains(url)):
        features["unfurl_domains"] = domains
    return {
        "display_information": {"name": NAME, "description": _DESCRIPTION, "background_color": _COLOUR},
        "features": features,
        "oauth_config": {"scopes": {"bot": list(scopes())}},
        "settings": {
            "event_subscriptions": _with(address, {"bot_events": sorted(EVENTS)}),
            "interactivity": _with(address, {"is_enabled": True}, menus=True),
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }


def _with(address: str | None, settings: Json, *, menus: bool = False) -> Json:
    if address is None:
        return settings
    asked = {"message_menu_options_url": address} if menus else {}  # for menus that are searched while one types
    return {"request_url": address, **asked, **settings}


def _command(command: Command, address: str | None) -> Json:
    shown: Json = {
        "command": command.name,
        "description": command.description,
        "usage_hint": command.usage,
    }
    return shown if address is None else {"url": address, **shown}


def _shortcut(shortcut: ShortcutEntry) -> Json:
    return {
        "name": shortcut.name,
        "type": shortcut.kind,
        "callback_id": str(shortcut.callback),
        "description": shortcut.description,
    }


def _domains(url: str) -> Sequence[str]:
    """Whose links Slack may show us: the desk's own, where that is a name that Slack can know."""
    host = urlsplit(url).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return [host] if "." in host else []
    return []
