"""On a ticket itself: status with what its form asks for, a request for approval, priority, assignee, a sibling."""

import asyncio
import random
from collections.abc import Mapping

from bot.intents import Action, Work
from bot.views.field_inputs import block_of
from chaos.office import PATIENCE, PAUSE, Json, Office, Outcome, offered_in, ticket_of, told_by
from chaos.process import CATEGORY, is_over
from emulators.slack import CannotDo, Person
from ticketing.playbook.lifecycle import StatusCategory

_REFUND = "refund"
_INVESTIGATING, _PROPOSED = "investigating", "resolution_proposed"
_AMOUNT, _AMOUNTS = block_of("refund_amount"), ("80", "250", "999")  # one of them goes without an approval


async def status(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    view = await office.open(person, ticket, Action.STATUS)
    citizen = office.board.owner.get(ticket)
    settled = office.board.settled(ticket)
    final = citizen is not None and citizen.later is not None  # who comes back must find it as it was left
    offered = [to for to in offered_in(view, "status") if settled or not is_over(to)]
    offered = [to for to in offered if CATEGORY[to] is not StatusCategory.CLOSED or not final]
    if not offered:
        return
    resolving = [to for to in offered if CATEGORY[to] is StatusCategory.RESOLVED]
    to = resolving[0] if resolving and dice.random() < 0.7 else dice.choice(offered)
    told = await _fill_status(office, person, view, to, dice)
    if told is Outcome.DONE and to in resolving and citizen is not None:
        citizen.resolved = True


async def request(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    """A refund that somebody has to approve, in as many steps as that takes from where the ticket stands."""
    for _ in range(2):
        view = await office.open(person, ticket, Action.STATUS)
        offered = offered_in(view, "status")
        if _PROPOSED in offered:
            await _fill_status(office, person, view, _PROPOSED, dice, of_more=True)
            return
        if _INVESTIGATING not in offered:
            raise CannotDo("nothing is to be refunded here")
        await _fill_status(office, person, view, _INVESTIGATING, dice)


async def _fill_status(
    office: Office, person: Person, view: Json, to: str, dice: random.Random, *, of_more: bool = False
) -> Outcome:
    """Fill in what the form asks for, which may be more each time, until something comes of it."""
    ticket = ticket_of(view)
    values: dict[str, str] = {"status": to}
    told, sure = Outcome.UNKNOWN, True
    try:
        for _ in range(2 * PATIENCE):
            values |= _needed(person.modals()[-1], values, office.words("why"), dice, of_more=of_more)
            answer = await person.submit(view["id"], values)
            came = told_by(answer)
            if came is Outcome.REFUSED and answer.outcome == "updated" and (answer.view or {}).get("submit"):
                continue  # it asks for more
            if came is Outcome.DONE or (came is Outcome.REFUSED and sure):
                told = came
            if came is not Outcome.UNKNOWN:  # refused now, but an earlier attempt may have been carried out
                break
            sure = False
            await asyncio.sleep(dice.uniform(0.2, PAUSE))
    except (CannotDo, IndexError):  # the form has gone
        pass
    office.note_down("ask" if "why" in values else "status", person, ticket, to, told)
    return Outcome.UNKNOWN if "why" in values else told


async def priority(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    """At once, on the screen behind More, which says what was refused."""
    screen = await office.open(person, ticket, Action.WORK)
    to = dice.choice(offered_in(screen, Work.PRIORITY) or [""])
    await office.press_on("priority", person, screen, Work.PRIORITY, value=to)


async def assign(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    view = await office.open(person, ticket, Work.ASSIGN)
    offered = await person.suggestions("assignee", "", view_id=view["id"])
    if offered:
        await office.submit("assign", person, view, {"assignee": dice.choice(offered)["value"]}, dice)


async def new_ticket(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    citizen = office.board.owner.get(ticket)
    if not office.board.settled(ticket) or (citizen is not None and citizen.later is not None):
        return
    values = {"subject": office.words("new_ticket"), "priority": "normal"}
    await office.fill("new_ticket", person, ticket, Work.NEW_TICKET, values, dice)


def _needed(view: Json, values: Mapping[str, str], words: str, dice: random.Random, *, of_more: bool) -> dict[str, str]:
    """What this form asks for that is not filled in yet. `of_more`: a refund that somebody has to approve."""
    found = {}
    for block in view["blocks"]:
        if block["type"] != "input" or block.get("optional") or block["block_id"] in values:
            continue
        options = block["element"].get("options")
        typed = dice.choice(_AMOUNTS[1:] if of_more else _AMOUNTS) if block["block_id"] == _AMOUNT else words
        offered = [option["value"] for option in options or []]
        if _REFUND in offered and (of_more or dice.random() < 0.7):
            offered = [_REFUND]
        found[block["block_id"]] = dice.choice(offered) if offered else typed
    return found
