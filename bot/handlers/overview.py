"""More: opens all that can be done with a ticket, on one screen. What takes no form is done there at once."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.beneath import Beneath
from bot.door import Door
from bot.handlers import (
    assign,
    block_sender,
    due,
    hand_off,
    links,
    merge_tickets,
    new_ticket,
    owner,
    run_action,
    status,
    tags,
    watchers,
)
from bot.handlers.screen import Asked, redraw, screen_of
from bot.intents import Action, Work
from bot.press import Press
from bot.refs import Ref
from bot.submission import Submission
from bot.views.notice import notice
from bot.wire import Json
from core.errors import DeskError
from ticketing.people.person import Person
from ticketing.triage.suggestion import Priority

_FORMS: Mapping[str, Callable[[Door, Asked], Awaitable[Json]]] = {
    Work.STATUS: status.pushed_form,
    Work.ASSIGN: assign.pushed_form,
    Work.HAND_OFF: hand_off.pushed_form,
    Work.OWNER: owner.pushed_form,
    Work.DUE: due.pushed_form,
    Work.TAGS: tags.pushed_form,
    Work.WATCHERS: watchers.pushed_form,
    Work.LINKS: links.pushed_form,
    Work.MERGE: merge_tickets.pushed_form,
    Work.NEW_TICKET: new_ticket.pushed_form,
    Work.BLOCK: block_sender.pushed_form,
    Work.ACTION: run_action.pushed_form,
}


async def open_screen(door: Door, press: Press) -> None:
    """Raises Stranger, NotFound, ChannelError."""
    person = await door.person(press)
    await door.slack.open_view(press.trigger_id, await screen_of(door, press.ref.ticket_id, person))


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.WORK)
    async def more(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await open_screen(door, press)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.action(_any_of(_FORMS))
    async def open_form(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            asked = Asked(await door.person(press), press.ref, Beneath.of(body), press.other_id)
            view = await _FORMS[body["actions"][0]["action_id"]](door, asked)
        except DeskError as refusal:
            view = notice(refusal.message)
        await door.slack.push_view(press.trigger_id, view)
        await ack()

    @bolt.action(_any_of(_DEEDS))
    async def act(ack: AsyncAck, body: dict[str, Any]) -> None:
        """At once, without a form. What is refused is said on the screen, which is drawn as things stand now."""
        press, form, at = Press.decode(body), Submission.decode(body), Beneath.of(body)
        try:
            person = await door.person(press)
            said = await _refused(_DEEDS[body["actions"][0]["action_id"]](door, press, person))
            view = await screen_of(door, form.ref.ticket_id, person, said=said, drawn=at.hash)
        except DeskError as refusal:
            view = notice(refusal.message)
        await redraw(door, at, view)
        await ack()


async def _refused(deed: Awaitable[object]) -> str:
    """Why it was not done; "" where it was."""
    try:
        await deed
    except DeskError as refusal:
        return refusal.message
    return ""


def _any_of(actions: Iterable[str]) -> re.Pattern[str]:
    return re.compile(f"^({'|'.join(map(re.escape, actions))})$")


async def _set_priority(door: Door, press: Press, by: Person) -> None:
    ref = Ref.decode(press.block)
    await door.desk.set_priority(ref.ticket_id, Priority(press.value), by=by, seen=ref.version)


async def _watch(door: Door, press: Press, by: Person) -> None:
    await door.desk.watch(press.ref.ticket_id, by=by)


async def _unwatch(door: Door, press: Press, by: Person) -> None:
    await door.desk.unwatch(press.ref.ticket_id, by=by)


async def _part(door: Door, press: Press, by: Person) -> None:
    await door.desk.unmerge_ticket(press.other_id or press.ref.ticket_id, by=by)


async def _discard(door: Door, press: Press, by: Person) -> None:
    await door.desk.discard(press.ref.ticket_id, by=by, seen=press.ref.version)


async def _put_back(door: Door, press: Press, by: Person) -> None:
    await door.desk.restore(press.ref.ticket_id, by=by, seen=press.ref.version)


async def _hand_back(door: Door, press: Press, by: Person) -> None:
    await door.desk.hand_back(press.ref.ticket_id, by=by, seen=press.ref.version)


_DEEDS: Mapping[str, Callable[[Door, Press, Person], Awaitable[object]]] = {
    Work.PRIORITY: _set_priority,
    Work.WATCH: _watch,
    Work.UNWATCH: _unwatch,
    Work.PART: _part,
    Work.NOT_A_TICKET: _discard,
    Work.PUT_BACK: _put_back,
    Work.HAND_BACK: _hand_back,
}
