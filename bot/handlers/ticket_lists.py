"""The lists that `/ticket` answers with, and their buttons: the next page in place of this one, one ticket below it."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.door import Door
from bot.handlers.patience import PATIENCE, in_time
from bot.intents import Action
from bot.press import Press
from bot.refs import StaleButton
from bot.views.ticket_brief import brief_line, is_brief, ticket_brief
from bot.views.ticket_list import MOST_FOUND, PAGE, Asking, Listed, ticket_list
from bot.views.words import CHANNELS, channel
from bot.wire import Json
from core.errors import ChannelError, DeskError
from ticketing.people.person import Person
from ticketing.tickets.asking import Directory
from ticketing.tickets.card import TicketCard
from ticketing.tickets.listing import CURRENT, escalated, mine
from ticketing.tickets.typed_filter import Asked, Known, read_typed

LIST, MINE, ESCALATED, SEARCH = "list", "mine", "escalated", "search"


async def page_of(door: Door, asking: Asking, person: Person, *, patience: float = PATIENCE) -> list[Json]:
    """One page as blocks, within `patience` seconds. Raises FilterRefused, StaleButton, TookTooLong, ChannelError."""
    async with in_time(patience):
        listed = await (_found(door, asking) if asking.what == SEARCH else _listed(door, asking, person))
    return ticket_list(listed, now=door.clock(), site=await door.slack.site())


async def brief_of(door: Door, number: int) -> list[Json]:
    """One ticket as blocks. Raises NotFound, ChannelError."""
    card = await door.rooms.card(await door.finding.numbered(number))
    return await _brief(door, card)


async def show_anew(door: Door, press: Press) -> None:
    """Redraw a ticket that one person was shown, after they did something to it there. Elsewhere nothing happens."""
    if not (press.is_private and is_brief(press.block)):
        return
    card = await door.rooms.card(press.ref.ticket_id)
    blocks = await _brief(door, card)
    with suppress(ChannelError):  # it is done, and the card says so
        await door.slack.respond(press.response_url, brief_line(card), blocks=blocks, replace=True)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.action(Action.PAGE)
    @bolt.action(f"{Action.PAGE}.first")
    async def turn(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            blocks = await page_of(door, Asking.decode(press.value), await door.person(press))
            await door.slack.respond(press.response_url, "Tickets", blocks=blocks, replace=True)
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()

    @bolt.action(Action.SHOW)
    async def show(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.decode(body)
        try:
            await door.person(press)
            if not press.value.isdecimal():
                raise StaleButton
            await door.tell(press, f"#{press.value}", blocks=await brief_of(door, int(press.value)))
        except DeskError as refusal:
            await door.tell(press, refusal.message)
        await ack()


async def _brief(door: Door, card: TicketCard) -> list[Json]:
    return ticket_brief(card, site=await door.slack.site(), link=await door.finding.link(card.number))


async def _listed(door: Door, asking: Asking, person: Person) -> Listed:
    asked = await _asked(door, asking, person)
    page = await door.finding.page(asked.filter, order=asked.order, after=asking.after, most=PAGE)
    following = Asking(asking.what, asking.said, page.following, asking.skip + PAGE) if page.following else None
    head, nothing = _HEADS[asking.what], _NOTHING[asking.what]
    return Listed(head, asked.said, page.lines, asking, following, nothing)


async def _asked(door: Door, asking: Asking, person: Person) -> Asked:
    if asking.what not in _HEADS:
        raise StaleButton
    directory = Directory(await door.desk.people(), await door.desk.teams())
    channels = {**CHANNELS, **{each: channel(each) for each in door.desk.limits}}
    known = Known(directory, await door.desk.playbook(), person, channels, door.desk.zone)
    asked = read_typed(asking.said, known)
    if asking.what == LIST:
        return asked
    if asking.what == ESCALATED:
        return replace(asked, filter=replace(asked.filter, escalated=escalated().escalated))
    theirs = mine(person.id)
    stages = theirs.stages if asked.filter.stages == CURRENT else asked.filter.stages
    return replace(asked, filter=replace(asked.filter, assignees=theirs.assignees, stages=stages))


async def _found(door: Door, asking: Asking) -> Listed:
    """The newest texts change seldom enough: the next page is asked for by its place."""
    until = min(asking.skip + PAGE, MOST_FOUND)
    found = await door.finding.search(asking.said, most=until + 1)
    more = len(found) > until and until < MOST_FOUND
    following = Asking(SEARCH, asking.said, skip=until) if more else None
    return Listed("Found", [asking.said], found[asking.skip : until], asking, following, _NOT_FOUND)


_HEADS = {LIST: "Tickets", MINE: "Your tickets", ESCALATED: "AI escalated"}
_NOTHING = {
    LIST: "No ticket is like that.",
    MINE: "Nothing waits for you. 🎉",
    ESCALATED: "The AI has left nothing to people. 🎉",
}
_NOT_FOUND = (
    "Nothing was found. Words are looked for as they are written, all of them in one text: try fewer, or the beginning "
    "of one: `brok*`."
)
