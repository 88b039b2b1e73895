"""What a mail of ours says beyond its words, on its way out. Here is looked whether mail reaches whom it goes to."""

from dataclasses import dataclass
from datetime import tzinfo

from core.messages import MOST_COPIES, OutboundLetter, Party
from ticketing.conversations.conversation import Conversation, Message
from ticketing.mails.suppression import refusal, without
from ticketing.ports import UnitOfWork

_NAMED = 5  # of those who get no copy


@dataclass(frozen=True, slots=True)
class Written:
    """`refusal`: why it may not leave, in words. `note`: what is to be said of it, though it leaves."""

    letter: OutboundLetter | None
    refusal: str | None = None
    note: str | None = None


async def outbound_letter(message: Message, conversation: Conversation, *, zone: tzinfo, uow: UnitOfWork) -> Written:
    """Of a locked message. Times are said in `zone`.

    Whom its writer gave a copy takes part from now on: before it leaves it may be undone.
    """
    end = await uow.mails.thread_end(conversation.id, before=message.id)
    by_machine = message.author_id is None  # who reads along may have been brought in by anybody
    cc = message.cc if message.cc is not None else () if by_machine else end.cc
    if message.cc:
        await uow.mails.take_part(conversation.id, message.cc, at=message.at)
    letter = OutboundLetter(
        conversation.id,
        conversation.subject or "",
        answers=bool(end.references),
        references=end.references,
        ours=end.ours,
        cc=() if message.buttons else cc,  # they are for the customer alone: whoever has them may answer
        automatic=message.is_automatic,
    )
    going_to = [conversation.recipient, *(each.address for each in letter.cc)]
    stopped = await uow.suppressions.of(conversation.channel, going_to)
    if (found := stopped.get(conversation.recipient.lower())) is not None:
        return Written(letter, refusal=refusal(found, zone))
    kept, note = without(letter, stopped)
    left_out = end.left_out if message.cc is None and not by_machine and not message.buttons else ()
    return Written(kept, note=" · ".join(each for each in (note, _too_many(left_out)) if each) or None)


def _too_many(left_out: tuple[Party, ...]) -> str | None:
    if not left_out:
        return None
    named = ", ".join(each.address[:80] for each in left_out[:_NAMED])
    more = f" and {len(left_out) - _NAMED} more" if len(left_out) > _NAMED else ""
    return f"without a copy to {named}{more}: a mail takes {MOST_COPIES} copies"
