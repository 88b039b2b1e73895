"""Behind More, who has a ticket: handed to another team, with a word for them; and who answers for it."""

import random
from typing import Any

from bot.intents import Field, Work
from chaos.acts.room import delete_card
from chaos.board import elements
from chaos.office import Office, Outcome, offered_in
from emulators.slack import CannotDo, Person


async def hand_off(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    """To a team, sometimes to one of its people, with words that become a comment."""
    view, note = await office.open(person, ticket, Work.HAND_OFF), office.words("word")
    to = dice.choice(offered_in(view, Field.TEAM) or [""])
    values: dict[str, Any] = {Field.TEAM: to, Field.NOTE: note}
    if dice.random() < 0.5:
        await person.press_in(view["id"], Field.TEAM, value=to)  # then the form offers its people
        view = person.modals()[-1]
        if any(each.get("action_id") == Field.COLLEAGUE for each in elements(view["blocks"])):
            offered = await person.suggestions(Field.COLLEAGUE, "", view_id=view["id"])
            values |= {f"{Field.COLLEAGUE}~{to}": {Field.COLLEAGUE: dice.choice(offered)}} if offered else {}
    told = await office.submit("hand off", person, view, values, dice, to=to)
    office.note_down("word", person, ticket, note, told)
    if told is Outcome.DONE and dice.random() < 0.5:  # so that it comes back where that team is
        await delete_card(office, person, ticket, dice)


async def owner(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    await _somebody(office, person, ticket, Work.OWNER, Field.OWNER, dice)


async def watcher(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    await _somebody(office, person, ticket, Work.WATCHERS, Field.WATCHER, dice)


async def _somebody(office: Office, person: Person, ticket: str, way: Work, field: Field, dice: random.Random) -> None:
    """A person or a team, of those that the menu offers."""
    view = await office.open(person, ticket, way)
    offered = await person.suggestions(field, "", view_id=view["id"])
    if not offered:
        raise CannotDo("nobody is offered")
    chosen = dice.choice(offered)
    who = str(chosen["value"]).partition(":")[2]
    await office.submit(str(field), person, view, {field: chosen}, dice, to=who)
