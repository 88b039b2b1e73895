"""The menu of settled cards, and More of cards that were drawn long ago: leads to the form of what was chosen, or does
it. More of today is in `overview.py`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers import assign, block_sender, comment, discard, files, new_ticket, overview, priority, run
from bot.intents import Action, Choice
from bot.press import Press
from bot.refs import StaleButton
from core.errors import DeskError

_CHOSEN: Mapping[str, Callable[[Door, Press], Awaitable[None]]] = {
    Choice.ASSIGN: assign.open_form,
    Choice.PRIORITY: priority.open_form,
    Choice.NEW_TICKET: new_ticket.open_form,
    Choice.COMMENT: comment.open_form,
    Choice.BLOCK: block_sender.open_form,
    Choice.NOT_A_TICKET: discard.discard,
    Choice.FILES: files.open_list,
    Choice.STORY: run.open_story,
    Choice.WORK: overview.open_screen,
}


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.MORE)
    async def more(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            if (carry_out := _CHOSEN.get(press.choice)) is None:
                raise StaleButton
            await carry_out(door, press)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()
