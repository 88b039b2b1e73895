"""What the AI does with a ticket: take over from it, have it do what it suggests or not, and look at what it did."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.beneath import Beneath
from bot.door import Door
from bot.handlers.screen import redraw
from bot.intents import Action
from bot.press import Press
from bot.views.notice import notice
from bot.views.run_story import run_story
from core.errors import DeskError
from ticketing.people.person import Person


async def open_story(door: Door, press: Press) -> None:
    """From the menu of a ticket's card. Raises Stranger, NotFound, ChannelError."""
    await door.person(press)
    card = await door.rooms.card(press.ref.ticket_id)
    view = run_story(card.run) if card.run is not None else notice("The AI has done nothing with this ticket.")
    await door.slack.open_view(press.trigger_id, view)


def register(bolt: AsyncApp, door: Door) -> None:
    for action, deed in _DEEDS.items():
        _register(bolt, door, action, deed)

    @bolt.action(Action.RUN_STORY)
    async def story(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await door.person(press)
            await door.slack.open_view(press.trigger_id, run_story(await door.rooms.run(press.run.run_id)))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    async def turn(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await door.person(press)
            view = run_story(await door.rooms.run(press.run.run_id), press.run.page)
        except DeskError as refusal:
            view = notice(refusal.message)
        await redraw(door, Beneath.of(body), view)
        await ack()

    bolt.action(Action.RUN_BACK)(turn)
    bolt.action(Action.RUN_ON)(turn)


async def _take_over(door: Door, press: Press, by: Person) -> None:
    await door.desk.take_over(press.run.ticket_id, by=by)


async def _do(door: Door, press: Press, by: Person) -> None:
    await door.desk.carry_out(press.run.run_id, by=by)


async def _not_this(door: Door, press: Press, by: Person) -> None:
    await door.desk.turn_down(press.run.run_id, by=by)


_DEEDS: Mapping[Action, Callable[[Door, Press, Person], Awaitable[None]]] = {
    Action.RUN_TAKE_OVER: _take_over,
    Action.RUN_DO: _do,
    Action.RUN_NOT: _not_this,
}


def _register(
    bolt: AsyncApp, door: Door, action: Action, deed: Callable[[Door, Press, Person], Awaitable[None]]
) -> None:
    @bolt.action(action)
    async def act(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await deed(door, press, await door.person(press))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()
