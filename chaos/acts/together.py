"""Behind More, what colleagues keep of a ticket together: tags, its promise, links, watching."""

import json
import random
import time
from typing import Any

from bot.intents import Action, Field, Work
from chaos.board import elements, find
from chaos.office import Office, offered_in
from emulators.slack import CannotDo, Person
from ticketing.collaboration.link import LinkKind

_DAY = 86_400


async def tag(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    """One more. Those that it has stay chosen."""
    view, text = await office.open(person, ticket, Work.TAGS), office.words("tag")
    offered = await person.suggestions(Field.TAGS, text, view_id=view["id"])
    menu = next(block["element"] for block in view["blocks"] if block["type"] == "input")
    if not offered:
        raise CannotDo("no such tag is offered")
    chosen = [*menu.get("initial_options", []), offered[-1]]
    await office.submit("tag", person, view, {Field.TAGS: chosen}, dice, to=text)


async def promise(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    view = await office.open(person, ticket, Work.DUE)
    due = int(time.time()) + dice.randrange(_DAY, 9 * _DAY)
    await office.submit("promise", person, view, {Field.DUE: due}, dice, to=str(due))


async def link(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    """With another ticket, or no more."""
    view = await office.open(person, ticket, Work.LINKS)
    gone = [str(each["value"]) for each in elements(view["blocks"]) if each.get("action_id") == Work.UNLINK]
    if gone and dice.random() < 0.4:
        value = dice.choice(gone)
        named = json.loads(value)
        await office.press_on(
            "unlink", person, view, Work.UNLINK, value=value, to=link_of(named["k"], named["f"], named["o"])
        )
        return
    number = str(dice.randrange(1, len(office.board.tickets) + 1))
    offered = await person.suggestions(Field.LINKED, number, view_id=view["id"])
    if not offered:
        raise CannotDo("there is none to link")
    kind, other = dice.choice(offered_in(view, Field.KIND)), offered[0]
    ends = (other["value"], ticket) if kind.startswith("~") else (ticket, other["value"])
    values: dict[str, Any] = {Field.KIND: kind, Field.LINKED: other}
    await office.submit("link", person, view, values, dice, to=link_of(kind.removeprefix("~"), *ends))


def link_of(kind: str, origin: str, target: str) -> str:
    """One name for one link; one that goes both ways is the same from both ends."""
    ends = sorted((origin, target)) if kind == LinkKind.RELATES else [origin, target]
    return f"{ends[0]} {kind} {ends[1]}"


async def watch(office: Office, person: Person, ticket: str, dice: random.Random) -> None:  # noqa: ARG001
    """Or watch it no more: at once, on the screen, which says so."""
    screen = await office.open(person, ticket, Action.WORK)
    way = next((each for each in (Work.WATCH, Work.UNWATCH) if find(screen["blocks"], each)), None)
    if way is None:
        raise CannotDo("it is merged, or was none")
    await office.press_on("watch" if way is Work.WATCH else "unwatch", person, screen, way)
