"""Mails of the desk's own people. Anybody can write their names into a mail, so only a proven one is taken for theirs.

What a colleague writes into a conversation is for colleagues: the customer's mail program never showed it to them. What
they pass on is its first sender's question, not theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.messages import Inbound, Letter
from ticketing.conversations.conversation import Conversation
from ticketing.mails.belong import Candidate, Hint
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets.comment import COMMENT_LENGTH, comment_with
from ticketing.tickets.ticket import Ticket

_SAID_BEFORE = 200  # characters that stand around the words of a mail in a comment
_TOLD = 300  # characters of what they wrote above what they pass on


@dataclass(frozen=True, slots=True)
class Read:
    """A mail as the desk reads it. `note` is said below it. `claimed`: who of the desk is said to have written it,
    which nothing proves.
    """

    inbound: Inbound
    letter: Letter
    note: str | None = None
    claimed: Person | None = None


async def colleague_of(letter: Letter, uow: UnitOfWork) -> Person | None:
    """Who of the desk says that they wrote it. Their machines are nobody of the desk."""
    return None if letter.automatic else await uow.people.by_email(letter.sender.address.lower())


def trusted(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """A colleague takes part in whatever they write about."""
    return [replace(each, takes_part=True) for each in candidates]


def doubted(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Nothing proves that the colleague wrote it: that they take part in a conversation counts for nothing."""
    return [each if each.hint is Hint.ADDRESS else replace(each, takes_part=False) for each in candidates]


def for_colleagues(said: Read, why: str, note: str) -> Read:
    """It stands in the conversation as theirs, and changes nothing: its words are not the customer's."""
    return Read(said.inbound, replace(said.letter, automatic=why), note)


async def as_passed_on(inbound: Inbound, letter: Letter, by: Person, uow: UnitOfWork) -> Read:
    """What somebody outside wrote, and this colleague provenly passed on, is that one's mail. Any other is as it is."""
    first = letter.forwarded
    if first is None or first.address.lower() in {by.email, inbound.account.lower()}:
        return Read(inbound, letter)
    if await uow.people.by_email(first.address.lower()) is not None:
        return Read(inbound, letter)
    theirs = replace(
        letter,
        sender=first,
        to=(),  # who else got the colleague's mail has nothing to do with the customer
        cc=(),
        references=(),
        verified=False,
        proof=f"{by.name} passed it on",
        whole=letter.whole or inbound.text,
    )
    written = inbound.text.partition((letter.passed_on or "")[:80])[0] if letter.passed_on else ""
    above = " ".join(written.split("\n\n")[0].split())[:_TOLD]
    note = f"passed on by {by.name}" + (f": “{above}”" if above and not above.startswith("--") else "")
    said = replace(
        inbound,
        sender=first.address.lower(),
        sender_name=first.name or first.address,
        text=letter.passed_on or inbound.text,
        letter=theirs,
    )
    return Read(said, theirs, note)


async def comment_by_mail(
    inbound: Inbound, letter: Letter, by: Person, conversation: Conversation, *, uow: UnitOfWork, now: datetime
) -> Ticket | None:
    """The live ticket of the locked conversation that it names, or its newest one, has it as a comment of theirs. None:
    there is no live ticket.
    """
    live = [each for each in await uow.tickets.lock_recent(conversation.id) if each.is_live]
    if not live:
        return None
    ticket = max(live, key=lambda each: (each.number == letter.number, each.number))
    words = _words(inbound, letter, conversation)
    source = f"{inbound.channel}:{inbound.key}"
    await comment_with(
        ticket, words, by=by, source=source, files=inbound.files, files_from=inbound.channel, uow=uow, now=now
    )
    return ticket


def _words(inbound: Inbound, letter: Letter, conversation: Conversation) -> str:
    also = conversation.address.lower() in {each.address.lower() for each in (*letter.to, *letter.cc)}
    how = "By mail, which the customer got as well" if also else "By mail"
    text, most = inbound.text.strip(), COMMENT_LENGTH - _SAID_BEFORE
    if len(text) > most:
        how, text = f"{how}; only its beginning", text[:most]
    return f"({how})\n{text}".strip()
