"""The reply modal: what is being answered, one text, and what the status becomes."""

from collections.abc import Sequence

from bot.intents import KEEP, Field, Form
from bot.press import private_metadata
from bot.text import inline, prose, title
from bot.views import words
from bot.views.parts import OPTION, context, field, modal, mrkdwn, option, plain, section, select, typed
from bot.views.ticket_card import ref
from bot.wire import Json
from ticketing.playbook.lifecycle import Status
from ticketing.tickets.card import TicketCard


def reply_modal(
    card: TicketCard, *, then: Sequence[Status], most: int | None, text: str | None = None, chosen: str | None = None
) -> Json:
    """`then`: the statuses this person may go to. `most`: characters the customer's channel takes, if known.

    `text` and `chosen` fill it in, when a reply is written anew.
    """
    answered = prose(card.last_words or "", 600)
    to = f"To *{inline(card.customer, 200) or 'the customer'}* on {words.channel(card.channel)}"
    blocks = [
        section(mrkdwn(f"*#{card.number} {inline(card.subject, 200)}*\n{to}")),
        *([context(plain(answered))] if answered else []),
        field(Field.TEXT, "Your reply", typed(Field.TEXT, lines=True, focus=True, most=most, initial=text)),
    ]
    if then:
        keep = option(title(f"Keep it: {card.status.label}", OPTION), KEEP)
        moves = [option(title(f"{words.sign(each)} {each.label}", OPTION), each.key) for each in then]
        offered = chosen if chosen in {each.key for each in then} else KEEP
        menu = select(Field.THEN, [keep, *moves], chosen=offered)
        blocks.append(field(Field.THEN, "Then set the status", menu, optional=True))
    return modal(
        Form.REPLY,
        f"Reply on #{card.number}"[:24],
        blocks,
        submit="Send",
        metadata=private_metadata(ref(card), card.number),
    )
