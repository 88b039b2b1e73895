"""Somebody's clicks in Slack, counted."""

import json

from emulators.slack import Interaction, Person
from tests.journey.stage import Json, Stage


class Clicks:
    """A person at Slack whose clicks are counted: one opens a menu, one chooses in it, one presses a button."""

    def __init__(self, stage: Stage, person: Person) -> None:
        self.stage, self.person, self.count = stage, person, 0

    async def press(self, message: Json, action: str) -> Interaction:
        self.count += 1
        return await self.person.press(self.stage.channel, message["ts"], action)

    async def more(self, message: Json, label: str) -> Interaction:
        """Open all that can be done with a ticket, press the button that is called so."""
        await self.press(message, "ticket.work")
        self.count += 1
        screen = self.person.modals()[-1]
        button = next(
            each for each in elements(screen) if each.get("type") == "button" and each["text"]["text"] == label
        )
        return await self.person.press_in(screen["id"], button["action_id"], value=button["value"])

    async def choose(self, message: Json, action: str, label: str) -> Interaction:
        """Open the menu, choose the option that begins so."""
        self.count += 2
        option = next(each for each in _options(message, action) if each["text"]["text"].startswith(label))
        return await self.person.press(self.stage.channel, message["ts"], action, selected_option=option["value"])


def elements(message: Json) -> list[Json]:
    """What can be pressed or chosen in a message or view."""
    return [each for block in message["blocks"] for each in (*block.get("elements", []), block.get("accessory", {}))]


def _options(message: Json, action: str) -> list[Json]:
    for element in elements(message):
        if element.get("action_id") == action:
            groups = element.get("option_groups") or [element]
            return [option for group in groups for option in group["options"]]
    raise AssertionError(f"no {action} on {json.dumps(message['blocks'])}")
