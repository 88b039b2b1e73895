"""How far the AI goes: asked and set with `/ticket autonomy`, and put back by a button where it has moved by itself."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.intents import Action
from bot.press import Press
from bot.text import inline
from bot.views.autonomy import standings_view
from bot.views.parts import mrkdwn, section
from bot.wire import Json
from core.errors import DeskError
from ticketing.people.person import Person
from ticketing.resolution.move_level import level_called

AUTONOMY = "autonomy"


async def answer(door: Door, said: str, by: Person) -> list[Json]:
    """`said`: a type and a level to set it; else all are shown. Raises NotFound, NotThatFar, PermissionRefused."""
    key, _, wanted = said.partition(" ")
    if not wanted.strip():
        return standings_view(await door.desk.autonomy())
    level = level_called(wanted)
    moved = await door.desk.set_autonomy(key, level, by=by)
    words = f"From now on the AI's autonomy with `{inline(key, 60)}` is *{level.words}*."
    return [section(mrkdwn(words if moved is not None else f"It was so already. {words}"))]


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.AUTONOMY_BACK)
    async def put_back(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            move = await door.desk.put_autonomy_back(press.move_id, by=await door.person(press))
            await door.done(press, f"{move.why} The AI's autonomy with these tickets is: {move.level.words}.")
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()
