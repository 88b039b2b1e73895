"""On a ticket's conversation: claiming it, and everything that is said."""

import asyncio
import random

from bot.intents import Action
from chaos.board import find
from chaos.office import Deed, Office, Outcome, email_of
from chaos.town import Channel
from emulators.slack import Person

_NEWEST = 30  # tickets


async def claim(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    """One presses; sometimes two at once."""
    card = office.board.card(ticket)
    action = next((a for a in (Action.CLAIM, Action.TAKE_OVER) if find(card["blocks"], a)), None)
    if action is None:
        return
    several = [person, dice.choice(office.house.colleagues)] if dice.random() < 0.4 else [person]
    await asyncio.gather(*(_press_claim(office, each, ticket, card["ts"], action) for each in several))


async def _press_claim(office: Office, person: Person, ticket: str, ts: str, action: Action) -> None:
    before = len(person.ephemerals())
    answer = await person.press(office.house.room(ts), ts, action)
    # A refusal is a word that only they see, said before the click is acknowledged.
    told = Outcome.UNKNOWN if not answer.attempt.acknowledged or len(person.ephemerals()) > before else Outcome.DONE
    office.note_down("claim", person, ticket, "", told)


async def note(office: Office, person: Person, ticket: str, dice: random.Random) -> None:  # noqa: ARG001
    """What is written in the thread itself."""
    text, ts = office.words("note"), office.board.cards[ticket]
    said = await person.say(office.house.room(ts), text, thread_ts=ts)
    office.deeds.append(Deed("note", email_of(person), ticket, text, Outcome.UNKNOWN, said))


async def stranger(office: Office, person: Person, ticket: str, dice: random.Random) -> None:  # noqa: ARG001
    """Somebody who is not of the desk writes in a thread, and presses a button."""
    text, stranger = office.words("stranger"), office.house.stranger
    ts = office.board.cards[ticket]
    said = await stranger.say(office.house.room(ts), text, thread_ts=ts)
    office.deeds.append(Deed("stranger", email_of(stranger), ticket, text, Outcome.REFUSED, said))
    if find(office.board.card(ticket)["blocks"], Action.CLAIM):
        await stranger.press(office.house.room(ts), ts, Action.CLAIM)


async def comment(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    await office.fill("comment", person, ticket, Action.COMMENT, {"text": office.words("comment")}, dice)


async def reply(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    await office.fill("reply", person, ticket, Action.REPLY, {"text": office.words("reply")}, dice)


async def reply_by_mail(office: Office, person: Person, ticket: str, dice: random.Random) -> None:  # noqa: ARG001
    """To one of the newest who wrote mails: theirs go through the most hands."""
    by_mail = [each for each, citizen in office.board.owner.items() if citizen.channel is Channel.EMAIL]
    if by_mail:
        await reply(office, person, dice.choice(by_mail[-_NEWEST:]), dice)
