"""Find a ticket, from anywhere in Slack: a modal that shows what was found below what is typed."""

from contextlib import suppress
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers.patience import PATIENCE, in_time
from bot.intents import Action, Field, Form, Shortcut
from bot.press import Press
from bot.submission import Submission
from bot.views.find_modal import MOST, find_modal
from bot.views.notice import notice
from bot.wire import Json
from core.errors import ChannelError, DeskError, Refused


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.global_shortcut(Shortcut.FIND_TICKET)
    async def begin(ack: AsyncAck, body: dict[str, Any]) -> None:
        try:
            await door.person(str(body["user"]["id"]))
            view = find_modal(now=door.clock())
        except Refused as refusal:
            view = notice(refusal.message)
        await door.slack.open_view(body["trigger_id"], view)
        await ack()

    @bolt.action(Action.FIND_AT_HOME)
    async def begin_at_home(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await door.person(press)
            await door.slack.open_view(press.trigger_id, find_modal(now=door.clock()))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.action(Field.FIND)
    async def find(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        view = await found_view(door, press, press.value)
        with suppress(ChannelError):  # they look for something else by now, or have closed it
            await door.slack.update_view(press.view, str(body["view"]["hash"]), view)
        await ack()

    @bolt.view(Form.FIND)
    async def submit(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.decode(body)
        await ack(response_action="update", view=await found_view(door, form, form.text(Field.FIND)))


async def found_view(door: Door, who: Press | Submission, said: str, *, patience: float = PATIENCE) -> Json:
    """What was found, or why not, within `patience` seconds."""
    now = door.clock()
    try:
        async with in_time(patience):
            await door.person(who)
            found = await door.finding.search(said, most=MOST + 1)
        return find_modal(found, said=said, now=now, site=await door.slack.site())
    except DeskError as refusal:
        return find_modal(why=refusal.message, now=now)
