"""About requests for approval: yes, no, or a question."""

import asyncio
import json
import random

from bot.intents import Action
from chaos.board import find
from chaos.office import PATIENCE, PAUSE, Office, Outcome, told_by
from emulators.slack import CannotDo, Person


async def decide(office: Office, person: Person, ticket: str, dice: random.Random) -> None:  # noqa: ARG001
    """About a request that waits; whoever may not is told so. Sometimes two who may at once, who need not agree."""
    waiting = office.board.waiting(Action.APPROVE)
    if not waiting:
        raise CannotDo("nothing waits")
    ts = dice.choice(waiting)
    deciders = office.house.deciders
    who = person if person in deciders or dice.random() < 0.3 else dice.choice(deciders)
    against = dice.random() < 0.25 and who is person  # nobody has two forms in hand: a colleague may have one just now
    deeds = [(_reject if against else _approve)(office, who, ts, dice)]
    if dice.random() < 0.4:
        deeds.append(_approve(office, dice.choice([each for each in deciders if each is not who]), ts, dice))
    await asyncio.gather(*deeds)


async def _approve(office: Office, person: Person, ts: str, dice: random.Random) -> None:  # noqa: ARG001
    approval, before = approval_of(office, ts), len(person.ephemerals())
    answer = await person.press(office.house.room(ts), ts, Action.APPROVE)
    told = Outcome.UNKNOWN if not answer.attempt.acknowledged or len(person.ephemerals()) > before else Outcome.DONE
    office.note_down("decide", person, approval, "approve", told)


async def _reject(office: Office, person: Person, ts: str, dice: random.Random) -> None:
    approval = approval_of(office, ts)
    await person.press(office.house.room(ts), ts, Action.REJECT)
    if not person.modals():
        return  # they may not, or it is settled
    view, told = person.modals()[-1], Outcome.UNKNOWN
    try:
        for _ in range(PATIENCE):
            told = told_by(await person.submit(view["id"], {"text": office.words("reject")}))
            if told is not Outcome.UNKNOWN:
                break
            await asyncio.sleep(dice.uniform(0.2, PAUSE))
    except CannotDo:  # the form has gone: they had another one open
        told = Outcome.UNKNOWN
    # Refused after an attempt without an answer may be because of that very attempt.
    office.note_down("decide", person, approval, "reject", Outcome.UNKNOWN if told is Outcome.REFUSED else told)


def approval_of(office: Office, ts: str) -> str:
    """Its id. Raises CannotDo where it was decided about meanwhile."""
    button = find(office.board.request(ts)["blocks"], Action.APPROVE)
    if button is None:
        raise CannotDo("it is settled")
    return str(json.loads(button["value"])["p"])


async def ask(office: Office, person: Person, ticket: str, dice: random.Random) -> None:  # noqa: ARG001
    """A question before deciding: a comment on the ticket."""
    waiting = office.board.waiting(Action.ASK)
    if not waiting:
        raise CannotDo("nothing waits")
    ts = dice.choice(waiting)
    await person.press(office.house.room(ts), ts, Action.ASK)
    if not person.modals():
        raise CannotDo("no form came")
    await office.submit("question", person, person.modals()[-1], {"text": office.words("question")}, dice)
