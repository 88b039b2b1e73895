"""What the forms behind a card's More have in common: they name their ticket, and know the screen below them."""

from bot.beneath import Beneath, carried
from bot.intents import Form
from bot.submission import private_metadata
from bot.text import inline
from bot.views.parts import modal, mrkdwn, section
from bot.views.ticket_card import ref
from bot.wire import Json
from ticketing.tickets.card import TicketCard

TITLE = 24  # characters of a modal's title


def work_form(
    form: Form,
    card: TicketCard,
    title: str,
    blocks: list[Json],
    *,
    submit: str,
    now: str = "",
    beneath: Beneath | None = None,
    **said: str,
) -> Json:
    """`now`: what is so before it is changed, in mrkdwn. `said`: what else the form remembers."""
    line = f"*#{card.number} {inline(card.subject, 200)}*" + (f"\nNow: {now}" if now else "")
    metadata = private_metadata(ref(card), card.number, seen=None, **carried(beneath), **said)
    return modal(form, title[:TITLE], [section(mrkdwn(line)), *blocks], submit=submit, metadata=metadata)
