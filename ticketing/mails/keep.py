"""What is kept of a mail beside its words, inside the transaction that files it."""

from collections.abc import Sequence
from dataclasses import replace

from core.messages import Inbound, Letter, Party
from ticketing.conversations.conversation import Conversation, Message
from ticketing.mails.place import Placed
from ticketing.mails.ports import Heard
from ticketing.mails.subject import plain_subject
from ticketing.ports import UnitOfWork


async def keep_letter(message: Message, inbound: Inbound, letter: Letter, placed: Placed, uow: UnitOfWork) -> Heard:
    """Its ids and recipients, and who takes part from now on."""
    heard = await uow.mails.add(message.id, letter, channel=inbound.channel, at=message.at)
    await uow.mails.take_part(placed.conversation.id, _new_parties(inbound, letter, placed), at=message.at)
    return heard


def _new_parties(inbound: Inbound, letter: Letter, placed: Placed) -> Sequence[Party]:
    """Whoever starts a conversation names who reads it. Later that takes proof, and where senders are checked
    from the first mail on: a forged mail brings nobody in.
    """
    if placed.is_new and not letter.verified and letter.proof:
        return [letter.sender, Party(inbound.sender, inbound.sender_name)]
    if placed.is_new:
        return [letter.sender, Party(inbound.sender, inbound.sender_name), *letter.to, *letter.cc]
    return [letter.sender, *letter.to, *letter.cc] if letter.verified else []


def with_letter(conversation: Conversation, letter: Letter, placed: Placed) -> Conversation:
    """The conversation after the mail. What a machine wrote changes nothing."""
    if letter.automatic:
        return conversation
    subject = plain_subject(letter.subject) if placed.is_new else conversation.subject
    return replace(conversation, subject=subject, no_machine=letter.unanswerable)
