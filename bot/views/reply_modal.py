"""The reply modal: what is being answered, one text, and what the status becomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.intents import KEEP, Field, Form
from bot.press import private_metadata
from bot.text import inline, prose, title
from bot.views import words
from bot.views.parts import OPTION, context, field, modal, mrkdwn, option, plain, section, select, typed
from bot.views.ticket_card import ref
from bot.wire import Json
from ticketing.conversations.conversation import Message
from ticketing.playbook.lifecycle import Status
from ticketing.tickets.card import TicketCard


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form is filled in with when a reply is written anew. `meanwhile`: what a colleague has replied."""

    text: str
    then: str | None
    meanwhile: Message | None = None


def reply_modal(
    card: TicketCard,
    *,
    then: Sequence[Status],
    most: int | None,
    seen: datetime | None = None,
    draft: Draft | None = None,
) -> Json:
    """`then`: the statuses this person may go to. `most`: characters the customer's channel takes, if known.

    `seen` is now: what is replied later, its writer has not seen.
    """
    meanwhile = draft.meanwhile if draft else None
    answered = prose(card.last_words or "", 600)
    to = f"To *{inline(card.customer, 200) or 'the customer'}* on {words.channel(card.channel)}"
    blocks = [
        section(mrkdwn(f"*#{card.number} {inline(card.subject, 200)}*\n{to}")),
        *([context(plain(answered))] if answered else []),
        *([_meanwhile(meanwhile)] if meanwhile else []),
        field(
            Field.TEXT,
            "Your reply",
            typed(Field.TEXT, lines=True, focus=True, most=most, initial=draft.text if draft else None),
        ),
    ]
    if then:
        keep = option(title(f"Keep it: {card.status.label}", OPTION), KEEP)
        moves = [option(title(f"{words.sign(each)} {each.label}", OPTION), each.key) for each in then]
        offered = draft.then if draft and draft.then in {each.key for each in then} else KEEP
        menu = select(Field.THEN, [keep, *moves], chosen=offered)
        blocks.append(field(Field.THEN, "Then set the status", menu, optional=True))
    return modal(
        Form.REPLY,
        f"Reply on #{card.number}"[:24],
        blocks,
        submit="Send",
        metadata=private_metadata(ref(card), card.number, seen=seen),
    )


def _meanwhile(reply: Message) -> Json:
    at = f"<!date^{int(reply.at.timestamp())}^{{time}}|{reply.at:%H:%M UTC}>"
    who = inline(reply.author_name or "", 120) or "Somebody"
    words = f"“{inline(reply.text, 300)}”"
    return section(
        mrkdwn(f"⚠️ *{who} replied at {at}, while you were writing:* {words}\nPress Send again to send yours too.")
    )
