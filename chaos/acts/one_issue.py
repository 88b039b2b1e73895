"""Behind More, what is one issue and what is none: tickets merged and parted, discarded and put back, senders blocked.

Only tickets whose customers have said everything: what becomes of a message to come is another matter.
"""

import asyncio
import json
import random

from bot.intents import Action, Field, Form, Work
from chaos.board import elements
from chaos.office import PATIENCE, PAUSE, Json, Office, Outcome, told_by
from chaos.town import Kind
from emulators.slack import CannotDo, Person

_RECENT = 40  # tickets


async def merge(office: Office, person: Person, _: str, dice: random.Random) -> None:
    """With another one of its customer, after a look at what that would do."""
    ticket = _of_several(office, dice)
    view = await office.open(person, ticket, Work.MERGE)
    offered = await person.suggestions(Field.DUPLICATE, "", view_id=view["id"])
    if not offered:
        raise CannotDo("there is no other")
    other, stays = dice.choice(offered), dice.choice(("this", "other"))
    preview = await _looked_at(person, view, {Field.DUPLICATE: other, Field.STAYS: stays}, dice)
    pair = (ticket, str(other["value"]))
    survivor, absorbed = pair if stays == "this" else pair[::-1]
    await office.submit("merge", person, preview, {}, dice, to=f"{absorbed} into {survivor}")


async def _looked_at(person: Person, view: Json, values: dict[str, object], dice: random.Random) -> Json:
    """What the merge would do. Nothing has happened by then. Raises CannotDo where it is refused."""
    for _ in range(PATIENCE):
        answer = await person.submit(view["id"], values)
        if answer.view is not None and answer.view["callback_id"] == Form.MERGE_TICKETS:
            return answer.view
        if told_by(answer) is not Outcome.UNKNOWN:
            break
        await asyncio.sleep(dice.uniform(0.2, PAUSE))
    raise CannotDo("these cannot be merged")


def _of_several(office: Office, dice: random.Random) -> str:
    """A ticket whose customer has several."""
    board, beside = office.board, {deed.ticket for deed in office.deeds if deed.kind == "new_ticket"}
    with_others = [each for each in board.tickets if each in beside or board.siblings(each) > 1]
    several = [each for each in with_others if _said(office, each)][-_RECENT:]
    if not several:
        raise CannotDo("nobody has several")
    return dice.choice(several)


def _said(office: Office, ticket: str) -> bool:
    citizen = office.board.owner.get(ticket)
    return citizen is not None and citizen.later is None and office.board.settled(ticket)


async def part(office: Office, person: Person, _: str, dice: random.Random) -> None:
    """One of those that were merged into a ticket."""
    merged = {deed.to.partition(" into ")[2] for deed in office.deeds if deed.kind == "merge"}
    if not merged:
        raise CannotDo("none was merged")
    screen = await office.open(person, dice.choice(sorted(merged)), Action.WORK)
    buttons = [str(each["value"]) for each in elements(screen["blocks"]) if each.get("action_id") == Work.PART]
    if not buttons:
        raise CannotDo("nothing is merged into it")
    value = dice.choice(buttons)
    await office.press_on("part", person, screen, Work.PART, value=value, to=str(json.loads(value)["o"]))


async def block(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    """Whoever wrote this is to write no more: they had no more to say anyway."""
    citizen = office.board.owner.get(ticket)
    if citizen is None or not _said(office, ticket) or citizen.kind is Kind.PHOTOGRAPHS:  # no words with the second
        raise CannotDo("its customer may write again")
    view = await office.open(person, ticket, Work.BLOCK)
    await office.submit("block", person, view, {}, dice, to=citizen.address)


async def discard(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    """It was no ticket; sometimes it was one after all."""
    if not _said(office, ticket):
        raise CannotDo("its customer may write again")
    screen = await office.open(person, ticket, Action.WORK)
    told = await office.press_on("discard", person, screen, Work.NOT_A_TICKET)
    if told is Outcome.DONE and dice.random() < 0.7:
        await office.press_on("put back", person, person.modals()[-1], Work.PUT_BACK)
