"""Off the tickets' cards: conversations that wait without one, `/ticket`, one's Home."""

import random

from bot.intents import COMMAND, Action, Choice
from chaos.board import find
from chaos.office import Office, Outcome
from emulators.slack import CannotDo, Person

_ASKED = (
    "mine",
    "at-risk",
    "help",
    "list status:open",
    "search mug",
    "show 3",
    "list assignee:nobody",
    "no such thing",
)
_RECENT = 30  # light cards


async def light_card(office: Office, person: Person, ticket: str, dice: random.Random) -> None:  # noqa: ARG001
    """Snooze a conversation, wake it, or say that nobody owes an answer."""
    cards = office.board.light_cards()[-_RECENT:]
    if not cards:
        raise CannotDo("there is none")
    conversation, card = dice.choice(cards)
    offered = [each for each in (Action.WAKE, Action.RESOLVE, Action.CONVERSATION_MORE) if find(card["blocks"], each)]
    if not offered:
        raise CannotDo("it is one line by now")
    action = dice.choice(offered)
    option = None
    if action is Action.CONVERSATION_MORE:
        menu = find(card["blocks"], action) or {}
        values = [each["value"] for each in menu["options"] if f'"{Choice.SNOOZE_HOUR}"' in each["value"]]
        option = dice.choice(values)
    before = len(person.ephemerals())
    answer = await person.press(office.house.room(card["ts"]), card["ts"], action, selected_option=option)
    refused = not answer.attempt.acknowledged or len(person.ephemerals()) > before
    told = Outcome.UNKNOWN if refused else Outcome.DONE
    office.note_down("light", person, conversation, _RECORDED[action], told)


_RECORDED = {Action.CONVERSATION_MORE: "conversation.snoozed", Action.RESOLVE: "conversation.resolved"}
_RECORDED[Action.WAKE] = "conversation.reopened"


async def command(office: Office, person: Person, ticket: str, dice: random.Random) -> None:  # noqa: ARG001
    """Only they see the answer, and there always is one."""
    before = len(person.ephemerals())
    answer = await person.command(office.house.channel, COMMAND, dice.choice(_ASKED))
    answered = answer.attempt.acknowledged and len(person.ephemerals()) > before
    office.note_down("command", person, "", "", Outcome.DONE if answered else Outcome.UNKNOWN)


async def home(office: Office, person: Person, ticket: str, dice: random.Random) -> None:  # noqa: ARG001
    told = await person.open_home()
    heard = told is not None and told.acknowledged and person.home() is not None
    office.note_down("home", person, "", "", Outcome.DONE if heard else Outcome.UNKNOWN)
