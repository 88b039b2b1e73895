"""What people take back in a ticket's room: words they wrote, a reply that has not left, a card in their way."""

import asyncio
import random

from bot.intents import Action
from chaos.acts.conversation import note
from chaos.board import find, words_of
from chaos.office import Change, Deed, Office, Outcome, email_of
from emulators.slack import CannotDo, Person

_RECENT = 6  # of one's own notes, that one still changes
_LOOKS, _LOOK = 15, 0.2  # for the button Undo, seconds between two


async def change_note(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    """Write something else in its place; sometimes at once, before anybody can have heard of the first words."""
    if dice.random() < 0.3:
        await note(office, person, ticket, dice)
    deed = _own_note(office, person, dice)
    text = office.words("changed")
    deed.changes.append(Change(text, await person.edit(office.house.room(_ts(deed)), _ts(deed), text)))


async def delete_note(office: Office, person: Person, ticket: str, dice: random.Random) -> None:  # noqa: ARG001
    deed = _own_note(office, person, dice)
    deed.changes.append(Change(None, await person.delete(office.house.room(_ts(deed)), _ts(deed))))


def _own_note(office: Office, person: Person, dice: random.Random) -> Deed:
    """One that still stands there. Raises CannotDo."""
    own = [each for each in office.deeds if each.kind == "note" and each.who == email_of(person)][-_RECENT:]
    standing = [each for each in own if not each.changes or each.changes[-1].text is not None]
    if not standing:
        raise CannotDo("there is none")
    return dice.choice(standing)


def _ts(deed: Deed) -> str:
    assert deed.said is not None
    return deed.said.ts


async def reply_and_undo(office: Office, person: Person, ticket: str, dice: random.Random) -> None:
    """Think better of it while it can still be taken back. Whether that was in time, the answer says."""
    text = office.words("reply")
    view = await office.open(person, ticket, Action.REPLY)
    await office.submit("reply", person, view, {"text": text}, dice)
    ts = await _with_undo(office, ticket, text)
    if ts is None:
        return
    answer = await person.press(office.house.room(ts), ts, Action.UNDO)
    given_back = answer.attempt.acknowledged and bool(person.modals())
    office.note_down("undo", person, ticket, text, Outcome.DONE if given_back else Outcome.UNKNOWN)


async def _with_undo(office: Office, ticket: str, text: str) -> str | None:
    """The ts of the post of this reply, as long as it can be undone."""
    for _ in range(_LOOKS):
        for post in office.board.thread(ticket):
            if words_of(post) == text and find(post["blocks"], Action.UNDO) is not None:
                return str(post["ts"])
        await asyncio.sleep(_LOOK)
    return None


async def delete_card(office: Office, person: Person, ticket: str, dice: random.Random) -> None:  # noqa: ARG001
    """An admin of the workspace deletes it. It comes back; what stands below the old one stays there."""
    ts = office.board.card(ticket)["ts"]
    office.removed[ts] = ticket
    await person.moderate(office.house.room(ts), ts)
