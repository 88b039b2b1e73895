"""The app's home tab: what waits for whoever opens it, by urgency and why."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.identity import Stranger
from bot.intents import Action
from bot.press import Press
from bot.views.home import stranger_view
from bot.views.home_list import Turned, home_list_modal
from bot.views.notice import notice
from bot.wire import Json
from core.errors import ChannelError, DeskError

_DEEDS = frozenset({"block_actions", "view_submission"})
_log = logging.getLogger(__name__)


def register(bolt: AsyncApp, door: Door) -> None:
    _register_opening(bolt, door)

    @bolt.action(Action.REFRESH_HOME)
    async def refresh(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _opened(door, body["user"]["id"], body.get("view") or {})
        await ack()

    @bolt.action(Action.MORE_AT_HOME)
    async def more(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await door.slack.open_view(press.trigger_id, await _page(door, press))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.action(Action.TURN_BACK)
    @bolt.action(Action.TURN_ON)
    async def turn(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            view = await _page(door, press)
        except DeskError as refusal:
            view = notice(refusal.message)
        await door.slack.update_view(press.view, press.view_hash, view)
        await ack()


def _register_opening(bolt: AsyncApp, door: Door) -> None:
    @bolt.middleware
    async def touched(body: dict[str, Any], next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002 - Bolt's name
        """Whatever somebody does may change their page: if they have it open, it is looked at again soon."""
        user = body.get("user")
        if body.get("type") in _DEEDS and isinstance(user, dict):
            try:
                await door.homes.pressed(str(user["id"]), now=door.clock())
            except Exception as error:  # a page that is a little old is no reason to refuse a click
                _log.debug("a home tab is not looked at again: %r", error)
        await next()

    @bolt.event("app_home_opened")
    async def opened(event: dict[str, Any]) -> None:
        if event.get("tab", "home") == "home":
            await _opened(door, event["user"], event.get("view") or {})


async def _opened(door: Door, user: str, view: Json) -> None:
    """Never fails for Slack's sake: the next look, or the next opening, makes up for it."""
    try:
        try:
            person = await door.person(user)
        except Stranger as refusal:
            await door.slack.publish_home(user, stranger_view(refusal.message), seen=None)
            return
        await door.homes.opened(person.id, user, version=view.get("hash"), now=door.clock())
        await door.show_home(person, user)
    except ChannelError as error:
        _log.warning("the home tab of %s could not be shown: %s", user, error.message)


async def _page(door: Door, press: Press) -> Json:
    """Raises Stranger, StaleButton, ChannelError."""
    turned, person = Turned.decode(press.value), await door.person(press)
    home = await door.homes.read(person, now=door.clock())
    return home_list_modal(home, turned, await door.slack.site())
