"""What no other handler takes. It is acknowledged, or Slack would send events again and warn people about clicks."""

import contextlib
import re
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door, refuse
from bot.press import Press
from bot.refs import StaleButton
from core.errors import MessageRefused

_ANYTHING = re.compile("")


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.event(_ANYTHING)
    async def event() -> None:
        """Slack may send more than we asked for; there is nothing to do."""

    @bolt.action(_ANYTHING)
    async def action(ack: AsyncAck, body: dict[str, Any]) -> None:
        if body.get("type") == "block_actions" and (body.get("view") or {}).get("type") != "modal":
            with contextlib.suppress(MessageRefused):  # Slack does not know where it was pressed
                await door.tell(Press.decode(body), StaleButton().message)
        await ack()

    @bolt.view(_ANYTHING)
    async def view(ack: AsyncAck) -> None:
        await refuse(ack, StaleButton())

    @bolt.view_closed(_ANYTHING)
    async def closed(ack: AsyncAck) -> None:
        await ack()
