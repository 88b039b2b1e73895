"""What Slack sends the application when a person does something: the shapes of it."""

from typing import TYPE_CHECKING, Any

from emulators.slack import forms
from emulators.slack.channels import Channel, Json

if TYPE_CHECKING:
    from emulators.slack.person import Person


def interaction(person: "Person", kind: str, *, stack: str | None = None) -> Json:
    """What is in all of them. `stack`: of views, in which it was done."""
    space = person.workspace
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": space.team_id},
        "api_app_id": space.app_id,
        "token": "emulated-verification-token",
        "team": {"id": space.team_id, "domain": space.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": space.trigger(person.id, stack),
    }


def pressed(person: "Person", room: Channel, message: Json, done: Json, *, private: bool) -> Json:
    """Something was pressed in a message; `private`: one that only they see, which is not sent along."""
    ts, root = message["ts"], message.get("thread_ts")
    container: Json = {"type": "message", "message_ts": ts, "channel_id": room.id, "is_ephemeral": private}
    payload = interaction(person, "block_actions") | {
        "container": container if root is None else {**container, "thread_ts": root},
        "channel": {"id": room.id, "name": room.name or "directmessage"},
        "state": {"values": {}},
        "response_url": person.workspace.responses.url(person.id, room.id, ts=ts, thread_ts=root),
        "actions": [done],
    }
    return payload if private else {**payload, "message": message}


def action(person: "Person", block: Json, element: Json, chosen: Any) -> Json:
    """One thing that was pressed or chosen."""
    common = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": person.workspace.mint.ts(),
    }
    if element["type"] == "button":
        shown = {name: element[name] for name in ("text", "value", "style", "url") if element.get(name)}
        return {**common, "type": "button", **shown}
    return {**common, **forms.entry(element, chosen)}


def command(person: "Person", room: Channel, command: str, text: str) -> Json:
    """A slash command."""
    return {
        "token": "emulated-verification-token",
        "team_id": person.workspace.team_id,
        "team_domain": person.workspace.domain,
        "channel_id": room.id,
        "channel_name": room.name or "directmessage",
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": person.workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": person.workspace.responses.url(person.id, room.id),
        "trigger_id": person.workspace.trigger(person.id),
    }
