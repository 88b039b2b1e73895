"""Behind More, what colleagues keep of a ticket together: tags, its promise, links, watching."""

import random
import time
from typing import Any

from bot.intents import Action, Field, Work
from chaos.board import find
from chaos.office import Office, Outcome, offered_in
from emulators.slack import CannotDo, Person

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
    view = await office.open(person, ticket, Work.LINKS)
    number = str(dice.randrange(1, len(office.board.tickets) + 1))
    offered = await person.suggestions(Field.LINKED, number, view_id=view["id"])
    if not offered:
        raise CannotDo("there is none to link")
    values: dict[str, Any] = {Field.KIND: dice.choice(offered_in(view, Field.KIND)), Field.LINKED: offered[0]}
    await office.submit("link", person, view, values, dice, to=offered[0]["value"])


async def watch(office: Office, person: Person, ticket: str, dice: random.Random) -> None:  # noqa: ARG001
    """At once, on the screen, which says so."""
    screen = await office.open(person, ticket, Action.WORK)
    if find(screen["blocks"], Work.WATCH) is None:
        raise CannotDo("they watch it already")
    await person.press_in(screen["id"], Work.WATCH)
    watching = bool(person.modals()) and find(person.modals()[-1]["blocks"], Work.UNWATCH) is not None
    office.note_down("watch", person, ticket, "", Outcome.DONE if watching else Outcome.UNKNOWN)
