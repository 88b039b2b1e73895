"""Slack on localhost: Web API, events, interactivity, Socket Mode; enough of it that the real SDKs run end to end.

    workspace = Workspace(events_url="http://127.0.0.1:8000/slack/events")
    ana, desk = workspace.add_user("ana", "ana@example.com"), workspace.add_channel("desk")
    async with workspace.serve() as slack:          # slack.url + "/api/" is the SDK's base_url
        await ana.say(desk, "hello")
        await ana.press(desk, ts, "ticket.claim")

Start reading at `workspace.py` (the state), then `api/` (what the app may do) and `person.py` (what people do).
"""

from emulators.slack.channels import Channel
from emulators.slack.delivery import Attempt, Delivery
from emulators.slack.faults import Fault
from emulators.slack.files import File, Upload
from emulators.slack.forms import CannotDo, FormIncomplete, NoSuchButton, NoSuchOption
from emulators.slack.person import Person
from emulators.slack.records import Interaction, Said
from emulators.slack.text import as_text
from emulators.slack.workspace import Call, Workspace

__all__ = [
    "Attempt",
    "Call",
    "CannotDo",
    "Channel",
    "Delivery",
    "Fault",
    "File",
    "FormIncomplete",
    "Interaction",
    "NoSuchButton",
    "NoSuchOption",
    "Person",
    "Said",
    "Upload",
    "Workspace",
    "as_text",
]
